import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  HttpTestingController,
  TestRequest,
  provideHttpClientTesting,
} from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { Router, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { errorInterceptor } from '@core/http/error-interceptor';
import { Confirm } from '@shared/confirm';
import { Asked, Quiz, Started } from './quiz-api';
import { routes } from './quiz.routes';

@Component({ selector: 'lms-blank', template: '' })
class Blank {}

const NOW = '2026-05-04T10:00:00Z';
const QUIZ_URL = '/api/quizzes/q1/';
const SUBMISSIONS = '/api/quiz-submissions/';

function asked(position: number, kind: Asked['kind'], ...choices: readonly string[]): Asked {
  return {
    id: `n${position}`,
    quiz: 'q1',
    text: `Question of kind ${kind}`,
    kind,
    tolerance: null,
    points: 1,
    position,
    choices: choices.map(text => ({ id: text.toLowerCase(), text })),
  };
}

const QUESTIONS = [
  asked(1, 'single', 'Venus', 'Mars'),
  asked(2, 'multiple', 'Saturn', 'Uranus', 'Earth'),
  asked(3, 'true_false'),
  asked(4, 'short_text'),
  asked(5, 'numeric'),
];

const QUIZ = {
  id: 'q1',
  title: 'The planets',
  lesson: { id: 'l1', title: 'Planets' },
  course: { id: 'c1', title: 'Astronomy' },
  pass_mark: 70,
  max_attempts: 3,
  time_limit_seconds: null,
  grading: 'highest',
  partial_credit: false,
  shuffle: false,
  show_key: 'after_submit',
  question_count: 5,
  max_score: 5,
  my_attempts: 0,
  my_grade: null,
  my_passed: false,
  my_open: null,
  now: NOW,
} as unknown as Quiz;

const OPEN = { attempt: 1, started_at: NOW, deadline: null };
const STARTED: Started = { ...OPEN, now: NOW, questions: QUESTIONS };
const RESULT = {
  id: 's1',
  quiz: 'q1',
  student: 'ada',
  attempt: 1,
  score: 2.5,
  max_score: 5,
  percentage: 50,
  passed: false,
  started_at: NOW,
  submitted_at: NOW,
  questions: QUESTIONS,
  answers: [
    { question: 'n1', choices: ['venus'] },
    { question: 'n2', choices: ['saturn'] },
    { question: 'n3', text: 'false' },
    { question: 'n5', text: '1,5' },
  ],
  feedback: [
    {
      question: 'n1',
      points: 0,
      max_points: 1,
      correct: false,
      answer: '',
      explanation: 'Mars it is.',
      choices: [
        { id: 'venus', is_correct: false },
        { id: 'mars', is_correct: true },
      ],
    },
    {
      question: 'n2',
      points: 0.5,
      max_points: 1,
      correct: false,
      answer: '',
      explanation: '',
      choices: [
        { id: 'saturn', is_correct: true },
        { id: 'uranus', is_correct: true },
        { id: 'earth', is_correct: false },
      ],
    },
    { question: 'n3', points: 1, max_points: 1, correct: true, answer: 'false', explanation: '' },
    {
      question: 'n4',
      points: 0,
      max_points: 1,
      correct: false,
      answer: 'Neptune\nplanet Neptune',
      explanation: '',
    },
    { question: 'n5', points: 1, max_points: 1, correct: true, answer: '1.5', explanation: '' },
  ],
};

describe('the page of a quiz', () => {
  let http: HttpTestingController;
  let harness: RouterTestingHarness;
  let page: HTMLElement;
  const confirm = { ask: vi.fn(), prepare: vi.fn(), dismiss: vi.fn() };

  const scrollIntoView = vi.fn(); // jsdom has none

  beforeEach(() => {
    localStorage.clear();
    Element.prototype.scrollIntoView = scrollIntoView;
    confirm.ask.mockReset();
    confirm.dismiss.mockReset();
    scrollIntoView.mockReset();
    TestBed.configureTestingModule({
      providers: [
        { provide: Confirm, useValue: confirm },
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
        provideRouter(
          [
            { path: 'quiz', children: routes },
            { path: '**', component: Blank },
          ],
          withComponentInputBinding(),
        ),
      ],
    });
    TestBed.inject(Session).update({ id: 'ada', username: 'ada' } as User);
    http = TestBed.inject(HttpTestingController);
  });

  afterEach(() => vi.useRealTimers());

  async function visit(url = '/quiz/q1'): Promise<void> {
    harness = await RouterTestingHarness.create(url);
    page = harness.fixture.nativeElement as HTMLElement;
  }

  /** Lets the page take in what has come; a request that waits for its answer holds nothing up. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) {
      await new Promise(resolve => setTimeout(resolve));
      TestBed.tick();
    }
  }

  async function answer(request: TestRequest, body: object, status = 200): Promise<void> {
    request.flush(body, { status, statusText: '' });
    await settle();
  }

  const one = (method: string, url: string) =>
    http.expectOne(request => request.method === method && request.url === url);

  async function tellQuiz(quiz: object = {}): Promise<void> {
    await answer(one('GET', QUIZ_URL), { ...QUIZ, ...quiz });
  }

  async function tellAttempts(results: readonly object[] = [], next: string | null = null) {
    await answer(one('GET', SUBMISSIONS), { count: results.length, next, previous: null, results });
  }

  /** Opens the instructions. */
  async function instructions(quiz: object = {}, attempts: readonly object[] = []): Promise<void> {
    await visit();
    await tellQuiz(quiz);
    await tellAttempts(attempts);
  }

  /** Opens the attempt at that step. */
  async function take(step: number | string = 1, started: object = {}): Promise<void> {
    await visit(`/quiz/q1?step=${step}`);
    await tellQuiz({ my_open: OPEN, my_attempts: 1 });
    await answer(one('POST', `${QUIZ_URL}start/`), { ...STARTED, ...started });
  }

  /** What stands there, with a space between one element and the next. */
  function wordsOf(element: Element | null): string {
    const words: string[] = [];
    const walker = document.createTreeWalker(element ?? page, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) words.push(...(walker.currentNode.textContent ?? '').split(/\s+/));
    return words.filter(Boolean).join(' ');
  }

  const text = () => wordsOf(page);
  const textsOf = (selector: string) => [...page.querySelectorAll(selector)].map(wordsOf);
  const url = () => TestBed.inject(Router).url;
  const heading = () => wordsOf(document.activeElement);

  function find(selector: string, label: string | RegExp): HTMLElement {
    const all = [...page.querySelectorAll<HTMLElement>(selector)];
    const found = all.find(element =>
      (element.getAttribute('aria-label') ?? wordsOf(element)).match(label),
    );
    if (!found) throw new Error(`no ${selector} ${label} in ${text()}`);
    return found;
  }

  async function press(label: string | RegExp): Promise<void> {
    find('a, button', label).click();
    await settle();
  }

  function check(label: string | RegExp): void {
    find('label', label).querySelector('input')!.click();
    TestBed.tick();
  }

  function type(value: string): HTMLInputElement {
    const box = page.querySelector<HTMLInputElement>('.field input')!;
    box.value = value;
    box.dispatchEvent(new Event('input'));
    TestBed.tick();
    return box;
  }

  const kept = () =>
    (JSON.parse(localStorage.getItem('lms.private.quiz.ada.q1.1') ?? '{}') as { answers?: object })
      .answers;

  describe('with its instructions', () => {
    it('says what one should know, and leads back to the lesson', async () => {
      await instructions({ partial_credit: true });

      expect(page.querySelector('h1')?.textContent).toBe('The planets');
      expect(TestBed.inject(Title).getTitle()).toBe('The planets · Learning');
      expect(find('a', 'Planets').getAttribute('href')).toBe('/learn/c1/l1');
      const facts = textsOf('dl div');
      expect(facts).toEqual([
        'Questions 5',
        'Points 5',
        'To pass 70%',
        'Time No limit',
        'Attempts 0 of 3 used',
      ]);
      expect(text()).toContain('Your best attempt counts.');
      expect(text()).toContain('a part of the points');
      expect(text()).toContain('3 attempts left');
      expect(text()).toContain('None yet');
    });

    it.each([
      [{ grading: 'latest' }, 'Your latest attempt counts.'],
      [{ grading: 'first' }, 'Your first attempt counts'],
      [{ grading: 'average' }, 'The average of your attempts counts.'],
      [{ show_key: 'after_submit' }, 'when you have submitted'],
      [{ show_key: 'after_pass' }, 'once you have passed'],
      [{ show_key: 'never' }, 'but not the right answers'],
      [{ time_limit_seconds: 900 }, '15 minutes'],
      [{ time_limit_seconds: 900 }, 'goes on when you leave'],
      [{ max_attempts: null }, 'Attempts No limit'],
    ])('explains %o', async (quiz, said) => {
      await instructions(quiz);

      expect(text()).toContain(said);
    });

    it('does not speak of which attempt counts where there is one only', async () => {
      await instructions({ max_attempts: 1 });

      expect(text()).not.toContain('attempt counts');
      expect(text()).toContain('1 attempt left');
    });

    it('lists one’s attempts, those that ran out among them', async () => {
      const submitted = { ...RESULT, id: 's3', attempt: 3, passed: true, percentage: 83.33 };
      await instructions({ my_attempts: 3, my_grade: 83.33, my_passed: true }, [
        submitted,
        { ...RESULT, id: 's1', attempt: 1 },
      ]);

      const rows = textsOf('lms-quiz-attempts li');
      expect(rows[0]).toMatch(/Attempt 3 Passed 83.33% \(2.5 of 5 points\)/);
      expect(rows[1]).toMatch(/Attempt 2 The time ran out/);
      expect(rows[2]).toMatch(/Attempt 1 Not passed 50%/);
      expect(find('a', 'Attempt 3').getAttribute('href')).toBe('/quiz/q1?submission=s3');
      expect(text()).toContain('Your grade: 83.33%');
    });

    it('fetches earlier attempts when they are asked for', async () => {
      await visit();
      await tellQuiz({ my_attempts: 22, max_attempts: null });
      const request = one('GET', SUBMISSIONS);
      expect(request.request.params.toString()).toBe('quiz=q1&student=ada&page_size=20');
      await answer(request, {
        count: 22,
        next: 'http://proxy.example/api/quiz-submissions/?cursor=after-x&quiz=q1',
        previous: null,
        results: [{ ...RESULT, id: 's22', attempt: 22 }],
      });
      expect(page.querySelectorAll('lms-quiz-attempts li')).toHaveLength(1);
      await press('Show earlier attempts');
      await answer(one('GET', `${SUBMISSIONS}?cursor=after-x&quiz=q1`), {
        count: 22,
        next: null,
        previous: null,
        results: [{ ...RESULT, id: 's21', attempt: 21 }],
      });

      expect(page.querySelectorAll('lms-quiz-attempts li')).toHaveLength(22);
      expect(text()).not.toContain('Show earlier attempts');
    });

    it('says that earlier attempts could not be fetched', async () => {
      await visit();
      await tellQuiz({ my_attempts: 1 });
      await answer(one('GET', SUBMISSIONS), { detail: 'Away.', request_id: 'f00d' }, 503);
      expect(text()).toContain('Your attempts could not be loaded.');
      await press('Try again');
      await tellAttempts([RESULT]);

      expect(find('a', 'Attempt 1')).toBeTruthy();
    });

    it('starts an attempt at its first question', async () => {
      await instructions();
      await press('Start the quiz');
      await answer(one('POST', `${QUIZ_URL}start/`), STARTED, 201);

      expect(url()).toBe('/quiz/q1?step=1');
      expect(heading()).toMatch(/^Question 1 of 5/);
      expect(TestBed.inject(Title).getTitle()).toBe('Question 1: The planets · Learning');
    });

    it('starts one only, however often one presses', async () => {
      await instructions();
      find('button', 'Start the quiz').click();
      find('button', 'Start the quiz').click();

      one('POST', `${QUIZ_URL}start/`);
    });

    it('goes on with the open attempt, where one left off', async () => {
      localStorage.setItem(
        'lms.private.quiz.ada.q1.1',
        JSON.stringify({ answers: { n1: { choices: ['mars'] } }, marked: [] }),
      );
      await instructions({ my_open: OPEN, my_attempts: 1 });
      expect(text()).toContain('Attempt 1 is open since');
      await press('Continue the attempt');
      await tellQuiz({ my_open: OPEN, my_attempts: 1 });
      await answer(one('POST', `${QUIZ_URL}start/`), STARTED);

      expect(url()).toBe('/quiz/q1?step=2');
    });

    it('opens no other attempt where the open one is over by now', async () => {
      await instructions({ my_open: OPEN, my_attempts: 1 });
      await press('Continue the attempt');
      await tellQuiz({ my_open: null, my_attempts: 1 });

      http.expectNone(`${QUIZ_URL}start/`);
      expect(page.querySelector('[role=alert]')?.textContent).toContain('no longer open');
      expect(find('button', 'Start another attempt')).toBeTruthy();
    });

    it('says until when an attempt is open, by the device’s clock', async () => {
      const deadline = '2026-05-04T10:10:00Z';
      await visit();
      await tellQuiz({ my_open: { ...OPEN, deadline }, time_limit_seconds: 600, my_attempts: 1 });

      const end = new Date(Date.now() + 600_000);
      const wanted = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' });
      expect(text()).toContain(`Attempt 1 is open until ${wanted.format(end).replace(/\s/g, ' ')}`);
    });

    it('says that no attempt is left', async () => {
      await instructions({ my_attempts: 3 });

      expect(text()).toContain('You have used all your attempts');
      expect(page.querySelector('button')).toBeNull();
      expect(find('a.button', 'Back to the lesson')).toBeTruthy();
    });

    it('says that the quiz has no questions yet', async () => {
      await instructions({ question_count: 0 });

      expect(text()).toContain('not ready yet');
      expect(page.querySelector('button')).toBeNull();
    });

    it.each([
      ['quiz_not_ready', 409, 'not ready yet'],
      ['not_enrolled', 403, 'Enrol in the course again'],
      ['unknown', 500, 'The attempt could not be started.'],
    ])('says why no attempt could be started: %s', async (code, status, said) => {
      await instructions();
      await press('Start the quiz');
      const refused = { detail: `Because: ${code}.`, code, request_id: 'f00d' };
      await answer(one('POST', `${QUIZ_URL}start/`), refused, status);

      expect(page.querySelector('[role=alert]')?.textContent).toContain(`Because: ${code}.`);
      expect(text()).toContain(said);
      expect(text()).toContain('f00d');
      expect(url()).toBe('/quiz/q1');
    });

    it('reads anew how one stands where no attempt is left after all', async () => {
      await instructions({ my_attempts: 2 });
      await press('Start another attempt');
      const refused = { detail: 'You have no attempt left.', code: 'no_attempts_left' };
      await answer(one('POST', `${QUIZ_URL}start/`), refused, 409);
      await tellQuiz({ my_attempts: 3 });

      expect(text()).toContain('You have used all your attempts');
    });

    it('tells who teaches the course that it is for those who are enrolled', async () => {
      const { my_attempts, my_grade, my_passed, my_open, ...rest } = QUIZ;
      void [my_attempts, my_grade, my_passed, my_open];
      await visit();
      await answer(one('GET', QUIZ_URL), rest);

      expect(text()).toContain('You are not enrolled in this course');
      expect(find('a.button', 'To the course').getAttribute('href')).toBe('/courses/c1');
      expect(page.querySelector('button')).toBeNull();
      http.expectNone(SUBMISSIONS);
    });

    it('drops from the device what is left of attempts that are over', async () => {
      localStorage.setItem('lms.private.quiz.ada.q1.1', '{}');
      await instructions({ my_attempts: 1 });

      expect(localStorage.getItem('lms.private.quiz.ada.q1.1')).toBeNull();
    });
  });

  describe('that cannot be shown', () => {
    it('says that one may not see it, or that it is gone', async () => {
      await visit();
      await answer(one('GET', QUIZ_URL), { detail: 'Not found.', code: 'not_found' }, 404);

      expect(text()).toContain('You cannot see this quiz.');
      expect(find('a', 'Find a course').getAttribute('href')).toBe('/courses');
    });

    it('says what failed, and tries again', async () => {
      await visit();
      await answer(one('GET', QUIZ_URL), { detail: 'Away.', request_id: 'f00d' }, 503);
      expect(page.querySelector('[role=alert]')?.textContent).toContain('f00d');
      await press('Try again');
      await tellQuiz();

      expect(page.querySelector('h1')?.textContent).toBe('The planets');
    });

    it('says in the middle of an attempt that nothing is lost', async () => {
      await visit('/quiz/q1?step=2');
      one('GET', QUIZ_URL).error(new ProgressEvent('error'));
      await settle();

      expect(text()).toContain('What you have answered is kept on this device.');
    });
  });

  describe('with an attempt', () => {
    it('is found again by a reload, at the same question, with what was answered', async () => {
      localStorage.setItem(
        'lms.private.quiz.ada.q1.1',
        JSON.stringify({ answers: { n2: { choices: ['uranus'] } }, marked: ['n2'] }),
      );
      await take(2);

      const checked = [...page.querySelectorAll<HTMLInputElement>('.option input')];
      expect(checked.map(box => box.checked)).toEqual([false, true, false]);
      expect(find('nav a', 'Question 2, answered, marked for review')).toBeTruthy();
      expect(page.querySelectorAll('h1')).toHaveLength(1);
    });

    it('is not there by its address where none is open', async () => {
      await visit('/quiz/q1?step=2');
      await tellQuiz();

      expect(url()).toBe('/quiz/q1');
      http.expectNone(`${QUIZ_URL}start/`);
    });

    it('is not there where it cannot be started any more', async () => {
      await visit('/quiz/q1?step=2');
      await tellQuiz({ my_open: OPEN });
      await answer(one('POST', `${QUIZ_URL}start/`), { detail: 'Gone.', code: 'x' }, 409);

      expect(url()).toBe('/quiz/q1');
      expect(page.querySelector('[role=alert]')?.textContent).toContain('Gone.');
    });

    it('asks for one of several choices', async () => {
      await take(1);
      expect(page.querySelector('legend')?.textContent).toContain('Question of kind single');
      const group = page.querySelector('fieldset')!;
      const hint = document.getElementById(group.getAttribute('aria-describedby')!);
      expect(hint?.textContent).toContain('Choose one answer.');
      check('Venus');
      check('Mars');

      expect(kept()).toEqual({ n1: { choices: ['mars'] } });
      expect(text()).toContain('Saved on this device');
      await press('Clear my answer');
      expect(kept()).toEqual({ n1: { choices: [] } });
      expect(page.querySelector('input:checked')).toBeNull();
    });

    it('asks for all choices that are right, and says so', async () => {
      await take(2);
      expect(text()).toContain('Several answers may be right');
      check('Saturn');
      check('Uranus');
      check('Saturn');

      expect(kept()).toEqual({ n2: { choices: ['uranus'] } });
    });

    it('loses none of the choices that are made before the page has taken in the first', async () => {
      await take(2);
      for (const label of ['Saturn', 'Uranus'])
        find('label', label).querySelector('input')!.click();

      expect(kept()).toEqual({ n2: { choices: ['saturn', 'uranus'] } });
    });

    it('asks whether something is true, and sends it untranslated', async () => {
      await take(3);
      const [yes, no] = page.querySelectorAll<HTMLInputElement>('.option input');
      check('True');
      expect(kept()).toEqual({ n3: { text: 'true' } });
      check('False');
      expect(kept()).toEqual({ n3: { text: 'false' } });
      await press('Clear my answer');
      expect(kept()).toEqual({ n3: { text: '' } });
      expect([yes?.checked, no?.checked]).toEqual([false, false]);
    });

    it.each(['true', 'false'])('shows what was answered before: %s', async said => {
      const draft = { answers: { n3: { text: said } }, marked: [] };
      localStorage.setItem('lms.private.quiz.ada.q1.1', JSON.stringify(draft));
      await take(3);

      expect(page.querySelector('.option:has(:checked)')?.textContent?.toLowerCase()).toBe(said);
    });

    it('asks for a few words', async () => {
      await take(4);
      type('Neptune');

      expect(kept()).toEqual({ n4: { text: 'Neptune' } });
    });

    it('asks for a number, with a point or a comma, and says what reads as none', async () => {
      await take(5);
      for (const number of ['1,5', '1.5', '-7', ' 1 500 ', '15e-1', '−3', '٣', '.5']) {
        expect(type(number).inputMode).toBe('decimal');
        expect(text(), number).not.toContain('does not read as a number');
      }
      for (const word of ['one', '1,500.5', '3 km', '-', 'e5']) {
        type(word);
        expect(text(), word).toContain('does not read as a number');
      }
      expect(kept()).toEqual({ n5: { text: 'e5' } });
    });

    it('changes a number’s sign, for some keyboards have none', async () => {
      await take(5);
      type('1,5');
      await press('Change the sign');
      expect(kept()).toEqual({ n5: { text: '-1,5' } });
      await press('Change the sign');
      expect(kept()).toEqual({ n5: { text: '1,5' } });
    });

    it('goes from question to question, also by Enter, with the focus on the question', async () => {
      await take(1);
      await press('Next');
      expect(url()).toBe('/quiz/q1?step=2');
      expect(heading()).toMatch(/^Question 2 of 5/);
      page.querySelector('form')!.dispatchEvent(new Event('submit'));
      await settle();
      expect(heading()).toMatch(/^Question 3 of 5/);
      await press('Previous');
      expect(heading()).toMatch(/^Question 2 of 5/);
      await press('Question 5, not answered');
      expect(heading()).toMatch(/^Question 5 of 5/);
      await press('Review answers');
      expect(url()).toBe('/quiz/q1?step=review');
      expect(heading()).toBe('Review your answers');
      expect(TestBed.inject(Title).getTitle()).toBe('Review: The planets · Learning');
    });

    it.each([
      ['0', 1],
      ['99', 5],
      ['x', 1],
    ])('is at a question, whatever the address says: %s', async (step, number) => {
      await take(step);

      expect(text()).toContain(`Question ${number} of 5`);
    });

    it('has a map of the questions that says how it stands, not by colour only', async () => {
      await take(1);
      check('Mars');
      check('Mark for review');
      await press('Next');

      const map = [...page.querySelectorAll('nav ol a')];
      expect(map[0]?.getAttribute('aria-label')).toBe('Question 1, answered, marked for review');
      expect(map[1]?.getAttribute('aria-label')).toBe('Question 2, not answered');
      expect(map.map(link => link.getAttribute('aria-current'))).toEqual([
        null,
        'step',
        null,
        null,
        null,
      ]);
      expect(text()).toContain('1 of 5 answered');
      expect(text()).toContain('1 marked for review');
    });

    it('shows the time that is left, and hides it', async () => {
      const deadline = '2026-05-04T10:10:01Z';
      await take(1, { deadline });
      expect(page.querySelector('[role=timer]')?.textContent).toMatch(/^(10:00|9:59)$/);
      await press('Hide');
      expect(page.querySelector('[role=timer]')).toBeNull();
      expect(text()).toContain('The time is hidden');
      await press('Show');

      expect(page.querySelector('[role=timer]')).not.toBeNull();
    });

    it('says what another tab has changed', async () => {
      await take(1);
      const draft = JSON.stringify({ answers: { n1: { choices: ['venus'] } }, marked: [] });
      localStorage.setItem('lms.private.quiz.ada.q1.1', draft);
      window.dispatchEvent(
        new StorageEvent('storage', { key: 'lms.private.quiz.ada.q1.1', newValue: draft }),
      );
      await settle();

      expect(text()).toContain('changed in another tab');
      expect(page.querySelector<HTMLInputElement>('.option input')?.checked).toBe(true);
    });

    it('says that the device keeps nothing', async () => {
      await take(1);
      const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      check('Mars');
      full.mockRestore();

      expect(text()).toContain('This device cannot keep your answers');
    });
  });

  describe('that one leaves in the middle', () => {
    const closing = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };

    it('asks first, and says what becomes of the attempt', async () => {
      await take(1);
      confirm.ask.mockResolvedValue(false);
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/quiz/q1?step=1');
      const [{ text: said }] = confirm.ask.mock.lastCall as [{ text: string }];
      expect(said).toContain('Your attempt stays open');
      expect(said).not.toContain('The time goes on');
      expect(closing()).toBe(true);
    });

    it('says that the time goes on', async () => {
      await take(1, { deadline: '2026-05-04T10:10:00Z' });
      confirm.ask.mockResolvedValue(true);
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/courses');
      const [{ text: said }] = confirm.ask.mock.lastCall as [{ text: string }];
      expect(said).toMatch(/The time goes on until \d+:\d\d/);
      expect(closing()).toBe(false);
    });

    it('warns gravely where the device keeps nothing', async () => {
      await take(1);
      const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      check('Mars');
      full.mockRestore();
      await TestBed.inject(Router).navigateByUrl('/courses');

      const [question] = confirm.ask.mock.lastCall as [object];
      expect(question).toMatchObject({ isDestructive: true });
    });

    it('asks nothing before an attempt', async () => {
      await instructions({ my_open: OPEN });
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/courses');
      expect(confirm.ask).not.toHaveBeenCalled();
    });

    it('begins nothing that was still being started', async () => {
      await instructions();
      find('button', 'Start the quiz').click();
      await TestBed.inject(Router).navigateByUrl('/courses');
      await answer(one('POST', `${QUIZ_URL}start/`), STARTED);

      expect(url()).toBe('/courses');
      expect(closing()).toBe(false);
    });
  });

  describe('with the review', () => {
    it('lists all questions with their answers, and leads to each', async () => {
      localStorage.setItem(
        'lms.private.quiz.ada.q1.1',
        JSON.stringify({
          answers: {
            n1: { choices: ['mars'] },
            n2: { choices: ['saturn', 'uranus'] },
            n3: { text: 'true' },
          },
          marked: ['n3'],
        }),
      );
      await take('review');

      const rows = textsOf('lms-quiz-review li');
      expect(rows[0]).toMatch(/Mars$/);
      expect(rows[1]).toMatch(/Saturn; Uranus$/);
      expect(rows[2]).toMatch(/True Marked for review$/);
      expect(rows[3]).toMatch(/Not answered$/);
      expect(text()).toContain('2 questions have no answer yet.');
      find('lms-quiz-review a', 'Question 4:').click();
      await settle();
      expect(url()).toBe('/quiz/q1?step=4');
    });

    it('asks about gaps before anything is submitted', async () => {
      await take('review');
      await press('Submit my answers');
      expect(heading()).toContain('5 questions have no answer and will count nothing.');
      http.expectNone(SUBMISSIONS);

      await press('Do not submit yet');
      expect(heading()).toBe('Submit my answers');
      await press('Submit my answers');
      page.querySelector('.ask')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
      await settle();
      http.expectNone(SUBMISSIONS);

      await press('Submit my answers');
      await press('Submit all the same');
      one('POST', SUBMISSIONS);
      expect(text()).toContain('Submitting…');
    });

    async function submitAll(): Promise<void> {
      const answers = {
        n1: { choices: ['venus'] },
        n2: { choices: ['saturn'] },
        n3: { text: 'false' },
        n4: { text: 'Pluto' },
        n5: { text: '1,5' },
      };
      localStorage.setItem('lms.private.quiz.ada.q1.1', JSON.stringify({ answers, marked: [] }));
      await take('review');
      expect(text()).toContain('All questions are answered.');
      await press('Submit my answers');
    }

    it('submits, and shows the result, which is there for later', async () => {
      await submitAll();
      await answer(one('POST', SUBMISSIONS), RESULT, 201);

      expect(url()).toBe('/quiz/q1?submission=s1');
      expect(heading()).toBe('Not passed 50%');
      expect(localStorage.getItem('lms.private.quiz.ada.q1.1')).toBeNull();
      expect(confirm.dismiss).toHaveBeenCalled();
      http.expectNone(`${SUBMISSIONS}s1/?expand=student`);
      await tellQuiz({ my_attempts: 1, my_grade: 50 });
      expect(text()).toContain('2 attempts left');
    });

    it('shows the result even where nothing else can be read', async () => {
      await submitAll();
      await answer(one('POST', SUBMISSIONS), RESULT, 201);
      one('GET', QUIZ_URL).error(new ProgressEvent('error'));
      await settle();

      expect(heading()).toBe('Not passed 50%');
    });

    it('says that the answers could not be sent, and sends them again', async () => {
      await submitAll();
      one('POST', SUBMISSIONS).error(new ProgressEvent('error'));
      await settle();
      const alert = page.querySelector('lms-quiz-sending [role=alert]')?.textContent ?? '';
      expect(alert).toContain('Your answers are not submitted yet.');
      expect(alert).toContain('Could not reach the server.');
      expect(alert).toContain('They are kept on this device.');
      expect(alert).toContain('sent again by themselves');
      expect(scrollIntoView.mock.contexts).toEqual([page.querySelector('lms-quiz-sending')]);
      expect(page.querySelectorAll('button')).toHaveLength(1);
      await press('Submit again');
      await answer(one('POST', SUBMISSIONS), RESULT, 201);

      expect(url()).toBe('/quiz/q1?submission=s1');
    });

    it('says why the server refused the answers', async () => {
      await submitAll();
      const refused = { detail: 'You are not enrolled.', code: 'not_enrolled', request_id: 'f00d' };
      await answer(one('POST', SUBMISSIONS), refused, 403);

      const alert = page.querySelector('lms-quiz-sending [role=alert]')?.textContent ?? '';
      expect(alert).toContain('You are not enrolled.');
      expect(alert).toContain('f00d');
      expect(alert).not.toContain('by themselves');
    });

    it('shows what was submitted elsewhere, and says so', async () => {
      await submitAll();
      const refused = { detail: 'It was submitted.', code: 'already_submitted' };
      await answer(one('POST', SUBMISSIONS), refused, 409);
      await tellQuiz({ my_open: null, my_attempts: 1 });
      await tellAttempts([{ id: 's1', attempt: 1 }]);
      await tellQuiz({ my_open: null, my_attempts: 1 });
      await answer(one('GET', `${SUBMISSIONS}s1/`), RESULT);

      expect(url()).toBe('/quiz/q1?submission=s1');
      expect(text()).toContain('This attempt was submitted already');
    });

    it('says honestly that the time was over', async () => {
      await submitAll();
      await answer(one('POST', SUBMISSIONS), { detail: 'Over.', code: 'time_is_up' }, 409);
      await tellQuiz({ my_open: null, my_attempts: 1 });
      await tellAttempts([]);
      await tellQuiz({ my_open: null, my_attempts: 1 });

      expect(url()).toBe('/quiz/q1');
      expect(wordsOf(page.querySelector('[role=alert]'))).toContain(
        'The time for attempt 1 was over before your answers reached the server',
      );
      expect(find('button', 'Start another attempt')).toBeTruthy();
    });
  });

  describe('whose time is up', () => {
    /** An attempt that ends at once. */
    const AT_ITS_END = { deadline: '2026-05-04T10:00:01Z', now: '2026-05-04T10:00:01Z' };

    it('submits by itself, once, locks the questions meanwhile, and says why', async () => {
      await take(1, AT_ITS_END);
      expect(page.querySelector('[role=alert]')?.textContent).toContain('The time is up.');
      expect(page.querySelector('fieldset')?.disabled).toBe(true);
      await answer(one('POST', SUBMISSIONS), RESULT, 201);

      expect(text()).toContain('The time was up: your answers were submitted as they were.');
    });

    it('says that it depends on when the answers get there', async () => {
      await take(1, AT_ITS_END);
      one('POST', SUBMISSIONS).error(new ProgressEvent('error'));
      await settle();

      const alert = page.querySelector('lms-quiz-sending [role=alert]')?.textContent ?? '';
      expect(alert).toContain('The time is up, but your answers are not submitted yet.');
      expect(alert).toContain('Whether they still count');
    });

    it('leads to the result also from the instructions', async () => {
      await take(1, { deadline: '2026-05-04T10:00:11Z', now: '2026-05-04T10:00:09.500Z' });
      await TestBed.inject(Router).navigateByUrl('/quiz/q1');
      await settle();
      await tellAttempts();
      const sent = await vi.waitFor(() => one('POST', SUBMISSIONS));
      await answer(sent, RESULT, 201);

      expect(url()).toBe('/quiz/q1?submission=s1');
    });
  });

  describe('with a result', () => {
    async function result(submission: object = {}, quiz: object = {}): Promise<void> {
      await visit('/quiz/q1?submission=s1');
      one('GET', QUIZ_URL).flush({ ...QUIZ, my_attempts: 1, ...quiz });
      await answer(one('GET', `${SUBMISSIONS}s1/`), { ...RESULT, ...submission });
    }

    const rows = () => textsOf('lms-quiz-result ol > li');

    it('says in words and figures how it went, question by question', async () => {
      await result();

      expect(page.querySelectorAll('h1')).toHaveLength(1);
      expect(TestBed.inject(Title).getTitle()).toBe('Result: The planets · Learning');
      expect(heading()).toBe('Not passed 50%');
      expect(text()).toContain('2.5 of 5 points');
      expect(text()).toContain('70% to pass');
      const [single, multiple, truth, words, number] = rows();
      expect(single).toMatch(/✗ Wrong 0 of 1 points Venus Your answer Mars ✓ Right answer/);
      expect(single).toContain('Mars it is.');
      expect(multiple).toMatch(/Partly right 0.5 of 1 points Saturn Your answer ✓ Right answer/);
      expect(multiple).toMatch(/Uranus ✓ Right answer Earth$/);
      expect(truth).toMatch(/✓ Right 1 of 1 points Your answer False Right answer False/);
      expect(words).toMatch(/Not answered 0 of 1 points Your answer None/);
      expect(words).toContain('Right answer Neptune / planet Neptune');
      expect(number).toContain('Your answer 1,5 Right answer 1.5');
    });

    it('says how far a number may be off', async () => {
      const questions = QUESTIONS.map(question => ({ ...question, tolerance: 0.05 }));
      await result({ questions });

      expect(rows()[4]).toContain('Right answer 1.5 ± 0.05');
    });

    it.each([
      ['after_pass', 'once you have passed'],
      ['never', 'does not show its right answers'],
    ])('says when the key is shown, where it is not: %s', async (show_key, said) => {
      const feedback = RESULT.feedback.map(({ question, points, max_points, correct }) => ({
        question,
        points,
        max_points,
        correct,
      }));
      await result({ feedback }, { show_key });

      expect(text()).toContain(said);
      expect(text()).not.toContain('Right answer');
      expect(rows()[0]).toContain('Venus Your answer Mars');
    });

    it('offers to try again, as long as attempts are left', async () => {
      await result();
      expect(text()).toContain('2 attempts left');
      await press('Try again');
      const again = { ...STARTED, attempt: 2 };
      await answer(one('POST', `${QUIZ_URL}start/`), again, 201);

      expect(url()).toBe('/quiz/q1?step=1');
      expect(heading()).toMatch(/^Question 1 of 5/);
    });

    it('says why it could not be tried again', async () => {
      await result();
      await press('Try again');
      await answer(one('POST', `${QUIZ_URL}start/`), { detail: 'No.', code: 'x' }, 409);

      expect(page.querySelector('[role=alert]')?.textContent).toContain('No.');
    });

    it('offers no other attempt where none is left', async () => {
      await result({}, { my_attempts: 3 });

      expect(text()).toContain('No attempt is left.');
      expect(page.querySelector('button')).toBeNull();
      expect(find('a', 'Back to the lesson').getAttribute('href')).toBe('/learn/c1/l1');
    });

    it('leads on where one has passed', async () => {
      await result({ passed: true, percentage: 100 });

      expect(heading()).toBe('Passed 100%');
      expect(find('a.button', 'Continue learning').getAttribute('href')).toBe('/learn/c1');
      expect(page.querySelector('button')).toBeNull();
    });

    it('says whose it is to who teaches the course', async () => {
      await result({ student: { id: 'bob', username: 'bob' } });
      expect(text()).toContain('Submitted by bob');
      expect(page.querySelector('button')).toBeNull();
    });

    it('knows one’s own', async () => {
      await result({ student: { id: 'ada', username: 'ada' } });

      expect(text()).not.toContain('Submitted by');
      expect(find('button', 'Try again')).toBeTruthy();
    });

    it('says that its student has left', async () => {
      await result({ student: null });
      expect(text()).toContain('Submitted by somebody who has left');
    });

    it('says what failed, and tries again', async () => {
      await visit('/quiz/q1?submission=s1');
      await tellQuiz();
      await answer(one('GET', `${SUBMISSIONS}s1/`), { detail: 'Away.', request_id: 'f00d' }, 503);
      expect(text()).toContain('This result could not be loaded.');
      await press('Try again');
      await answer(one('GET', `${SUBMISSIONS}s1/`), RESULT);

      expect(heading()).toBe('Not passed 50%');
    });
  });

  it('lets go of the attempt when somebody else signs in, and of the quiz when another comes', async () => {
    await take(1);
    check('Mars');
    TestBed.inject(Session).update({ id: 'bob', username: 'bob' } as User);
    await settle();
    await tellQuiz({ my_open: null });
    expect(url()).toBe('/quiz/q1');
    expect(localStorage.getItem('lms.private.quiz.bob.q1.1')).toBeNull();
    await tellAttempts();

    await TestBed.inject(Router).navigateByUrl('/quiz/q2');
    await settle();
    await answer(one('GET', '/api/quizzes/q2/'), { ...QUIZ, id: 'q2', title: 'The moons' });
    expect(page.querySelector('h1')?.textContent).toBe('The moons');
  });
});
