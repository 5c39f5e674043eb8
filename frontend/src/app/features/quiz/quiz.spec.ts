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
import { QuestionSnapshot, Quiz, StartedAttempt } from './quiz-api';
import { routes } from './quiz.routes';

@Component({ selector: 'lms-blank', template: '' })
class Blank {}

const NOW = '2026-05-04T10:00:00Z';
const QUIZ_URL = '/api/quizzes/q1/';
const SUBMISSIONS = '/api/quiz-submissions/';

function asked(
  position: number,
  kind: QuestionSnapshot['kind'],
  ...choices: readonly string[]
): QuestionSnapshot {
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
const STARTED: StartedAttempt = { ...OPEN, now: NOW, questions: QUESTIONS };
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

describe('the quiz page', () => {
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

  /** Lets the page process pending responses; unanswered requests do not block it. */
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

  const request = (method: string, url: string) =>
    http.expectOne(sent => sent.method === method && sent.url === url);

  async function answerQuiz(quiz: object = {}): Promise<void> {
    await answer(request('GET', QUIZ_URL), { ...QUIZ, ...quiz });
  }

  async function answerAttempts(results: readonly object[] = [], next: string | null = null) {
    await answer(request('GET', SUBMISSIONS), {
      count: results.length,
      next,
      previous: null,
      results,
    });
  }

  /** Opens the instructions of the quiz. */
  async function instructions(quiz: object = {}, attempts: readonly object[] = []): Promise<void> {
    await visit();
    await answerQuiz(quiz);
    await answerAttempts(attempts);
  }

  /** Opens the attempt at the given step. */
  async function take(step: number | string = 1, started: object = {}): Promise<void> {
    await visit(`/quiz/q1?step=${step}`);
    await answerQuiz({ my_open: OPEN, my_attempts: 1 });
    await answer(request('POST', `${QUIZ_URL}start/`), { ...STARTED, ...started });
  }

  /** Returns the text of an element, with a space between its children. */
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

  const savedAnswers = () =>
    (JSON.parse(localStorage.getItem('lms.private.quiz.ada.q1.1') ?? '{}') as { answers?: object })
      .answers;

  describe('instructions', () => {
    it('show the rules and link to the lesson', async () => {
      await instructions({ partial_credit: true });

      expect(page.querySelector('h1')?.textContent).toBe('The planets');
      expect(TestBed.inject(Title).getTitle()).toBe('The planets · Learning');
      expect(find('a', 'Planets').getAttribute('href')).toBe('/learn/c1/l1');
      const facts = textsOf('dl div');
      expect(facts).toEqual([
        'Questions 5',
        'Points 5',
        'Pass mark 70%',
        'Time limit No limit',
        'Attempts 0 of 3 used',
      ]);
      expect(text()).toContain('Your best attempt counts.');
      expect(text()).toContain('give partial credit');
      expect(text()).toContain('3 attempts left');
      expect(text()).toContain('No attempts yet.');
    });

    it.each([
      [{ grading: 'latest' }, 'Your latest attempt counts.'],
      [{ grading: 'first' }, 'Your first attempt counts'],
      [{ grading: 'average' }, 'The average of your attempts counts.'],
      [{ show_key: 'after_submit' }, 'after you submit'],
      [{ show_key: 'after_pass' }, 'after you pass'],
      [{ show_key: 'never' }, 'but not the correct answers'],
      [{ time_limit_seconds: 900 }, '15 minutes'],
      [{ time_limit_seconds: 900 }, 'keeps running if you leave'],
      [{ max_attempts: null }, 'Attempts No limit'],
    ])('explain %o', async (quiz, expected) => {
      await instructions(quiz);

      expect(text()).toContain(expected);
    });

    it('do not mention the grading method if there is only one attempt', async () => {
      await instructions({ max_attempts: 1 });

      expect(text()).not.toContain('attempt counts');
      expect(text()).toContain('1 attempt left');
    });

    it('list the attempts, including those that timed out', async () => {
      const submitted = { ...RESULT, id: 's3', attempt: 3, passed: true, percentage: 83.33 };
      await instructions({ my_attempts: 3, my_grade: 83.33, my_passed: true }, [
        submitted,
        { ...RESULT, id: 's1', attempt: 1 },
      ]);

      const rows = textsOf('lms-quiz-attempt-list li');
      expect(rows[0]).toMatch(/Attempt 3 Passed 83.33% \(2.5 of 5 points\)/);
      expect(rows[1]).toMatch(/Attempt 2 Time ran out/);
      expect(rows[2]).toMatch(/Attempt 1 Not passed 50%/);
      expect(find('a', 'Attempt 3').getAttribute('href')).toBe('/quiz/q1?submission=s3');
      expect(text()).toContain('Your grade: 83.33%');
    });

    it('load earlier attempts on request', async () => {
      await visit();
      await answerQuiz({ my_attempts: 22, max_attempts: null });
      const firstPage = request('GET', SUBMISSIONS);
      expect(firstPage.request.params.toString()).toBe('quiz=q1&student=ada&page_size=20');
      await answer(firstPage, {
        count: 22,
        next: 'http://proxy.example/api/quiz-submissions/?cursor=after-x&quiz=q1',
        previous: null,
        results: [{ ...RESULT, id: 's22', attempt: 22 }],
      });
      expect(page.querySelectorAll('lms-quiz-attempt-list li')).toHaveLength(1);
      await press('Show earlier attempts');
      await answer(request('GET', `${SUBMISSIONS}?cursor=after-x&quiz=q1`), {
        count: 22,
        next: null,
        previous: null,
        results: [{ ...RESULT, id: 's21', attempt: 21 }],
      });

      expect(page.querySelectorAll('lms-quiz-attempt-list li')).toHaveLength(22);
      expect(text()).not.toContain('Show earlier attempts');
    });

    it('show an error if the attempts cannot be loaded', async () => {
      await visit();
      await answerQuiz({ my_attempts: 1 });
      await answer(request('GET', SUBMISSIONS), { detail: 'Away.', request_id: 'f00d' }, 503);
      expect(text()).toContain('Your attempts could not be loaded.');
      await press('Try again');
      await answerAttempts([RESULT]);

      expect(find('a', 'Attempt 1')).toBeTruthy();
    });

    it('start an attempt at its first question', async () => {
      await instructions();
      await press('Start quiz');
      await answer(request('POST', `${QUIZ_URL}start/`), STARTED, 201);

      expect(url()).toBe('/quiz/q1?step=1');
      expect(heading()).toMatch(/^Question 1 of 5/);
      expect(TestBed.inject(Title).getTitle()).toBe('Question 1: The planets · Learning');
    });

    it('start one attempt even if the button is clicked twice', async () => {
      await instructions();
      find('button', 'Start quiz').click();
      find('button', 'Start quiz').click();

      request('POST', `${QUIZ_URL}start/`);
    });

    it('continue the open attempt at the first unanswered question', async () => {
      localStorage.setItem(
        'lms.private.quiz.ada.q1.1',
        JSON.stringify({ answers: { n1: { choices: ['mars'] } }, marked: [] }),
      );
      await instructions({ my_open: OPEN, my_attempts: 1 });
      expect(text()).toContain('Attempt 1 has been open since');
      await press('Continue attempt');
      await answerQuiz({ my_open: OPEN, my_attempts: 1 });
      await answer(request('POST', `${QUIZ_URL}start/`), STARTED);

      expect(url()).toBe('/quiz/q1?step=2');
    });

    it('do not start another attempt if the open attempt is over', async () => {
      await instructions({ my_open: OPEN, my_attempts: 1 });
      await press('Continue attempt');
      await answerQuiz({ my_open: null, my_attempts: 1 });

      http.expectNone(`${QUIZ_URL}start/`);
      expect(page.querySelector('[role=alert]')?.textContent).toContain('no longer open');
      expect(find('button', 'Start another attempt')).toBeTruthy();
    });

    it('show the end of an open attempt by the device’s clock', async () => {
      const deadline = '2026-05-04T10:10:00Z';
      await visit();
      await answerQuiz({ my_open: { ...OPEN, deadline }, time_limit_seconds: 600, my_attempts: 1 });

      const end = new Date(Date.now() + 600_000);
      const format = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' });
      expect(text()).toContain(`Attempt 1 is open until ${format.format(end).replace(/\s/g, ' ')}`);
    });

    it('say that all attempts are used', async () => {
      await instructions({ my_attempts: 3 });

      expect(text()).toContain('You have used all your attempts');
      expect(page.querySelector('button')).toBeNull();
      expect(find('a.button', 'Back to lesson')).toBeTruthy();
    });

    it('say that the quiz has no questions yet', async () => {
      await instructions({ question_count: 0 });

      expect(text()).toContain('not ready yet');
      expect(page.querySelector('button')).toBeNull();
    });

    it.each([
      ['quiz_not_ready', 409, 'not ready yet'],
      ['not_enrolled', 403, 'Enroll in the course again'],
      ['unknown', 500, 'The attempt could not be started.'],
    ])('explain why no attempt could be started: %s', async (code, status, expected) => {
      await instructions();
      await press('Start quiz');
      const error = { detail: `Because: ${code}.`, code, request_id: 'f00d' };
      await answer(request('POST', `${QUIZ_URL}start/`), error, status);

      expect(page.querySelector('[role=alert]')?.textContent).toContain(`Because: ${code}.`);
      expect(text()).toContain(expected);
      expect(text()).toContain('f00d');
      expect(url()).toBe('/quiz/q1');
    });

    it('refresh the progress if no attempts are left', async () => {
      await instructions({ my_attempts: 2 });
      await press('Start another attempt');
      const error = { detail: 'You have no attempt left.', code: 'no_attempts_left' };
      await answer(request('POST', `${QUIZ_URL}start/`), error, 409);
      await answerQuiz({ my_attempts: 3 });

      expect(text()).toContain('You have used all your attempts');
    });

    it('tell an instructor that only enrolled students can take the quiz', async () => {
      const { my_attempts, my_grade, my_passed, my_open, ...rest } = QUIZ;
      void [my_attempts, my_grade, my_passed, my_open];
      await visit();
      await answer(request('GET', QUIZ_URL), rest);

      expect(text()).toContain('You are not enrolled in this course');
      expect(find('a.button', 'Go to course').getAttribute('href')).toBe('/courses/c1');
      expect(page.querySelector('button')).toBeNull();
      http.expectNone(SUBMISSIONS);
    });

    it('remove the drafts of finished attempts from the device', async () => {
      localStorage.setItem('lms.private.quiz.ada.q1.1', '{}');
      await instructions({ my_attempts: 1 });

      expect(localStorage.getItem('lms.private.quiz.ada.q1.1')).toBeNull();
    });
  });

  describe('a quiz that cannot be loaded', () => {
    it('is reported as not available if the user may not see it', async () => {
      await visit();
      await answer(request('GET', QUIZ_URL), { detail: 'Not found.', code: 'not_found' }, 404);

      expect(text()).toContain('This quiz is not available.');
      expect(find('a', 'Browse courses').getAttribute('href')).toBe('/courses');
    });

    it('shows an error and can retry', async () => {
      await visit();
      await answer(request('GET', QUIZ_URL), { detail: 'Away.', request_id: 'f00d' }, 503);
      expect(page.querySelector('[role=alert]')?.textContent).toContain('f00d');
      await press('Try again');
      await answerQuiz();

      expect(page.querySelector('h1')?.textContent).toBe('The planets');
    });

    it('tells the user during an attempt that the answers are saved', async () => {
      await visit('/quiz/q1?step=2');
      request('GET', QUIZ_URL).error(new ProgressEvent('error'));
      await settle();

      expect(text()).toContain('Your answers are saved on this device.');
    });
  });

  describe('an open attempt', () => {
    it('is restored after a reload, with the same question and answers', async () => {
      localStorage.setItem(
        'lms.private.quiz.ada.q1.1',
        JSON.stringify({ answers: { n2: { choices: ['uranus'] } }, marked: ['n2'] }),
      );
      await take(2);

      const checked = [...page.querySelectorAll<HTMLInputElement>('.option input')];
      expect(checked.map(box => box.checked)).toEqual([false, true, false]);
      expect(find('nav a', 'Question 2, answered, flagged for review')).toBeTruthy();
      expect(page.querySelectorAll('h1')).toHaveLength(1);
    });

    it('redirects to the instructions if no attempt is open', async () => {
      await visit('/quiz/q1?step=2');
      await answerQuiz();

      expect(url()).toBe('/quiz/q1');
      http.expectNone(`${QUIZ_URL}start/`);
    });

    it('redirects to the instructions if it cannot be reopened', async () => {
      await visit('/quiz/q1?step=2');
      await answerQuiz({ my_open: OPEN });
      await answer(request('POST', `${QUIZ_URL}start/`), { detail: 'Gone.', code: 'x' }, 409);

      expect(url()).toBe('/quiz/q1');
      expect(page.querySelector('[role=alert]')?.textContent).toContain('Gone.');
    });

    it('shows a single-choice question', async () => {
      await take(1);
      expect(page.querySelector('legend')?.textContent).toContain('Question of kind single');
      const group = page.querySelector('fieldset')!;
      const hint = document.getElementById(group.getAttribute('aria-describedby')!);
      expect(hint?.textContent).toContain('Choose one answer.');
      check('Venus');
      check('Mars');

      expect(savedAnswers()).toEqual({ n1: { choices: ['mars'] } });
      expect(text()).toContain('Saved on this device');
      await press('Clear answer');
      expect(savedAnswers()).toEqual({ n1: { choices: [] } });
      expect(page.querySelector('input:checked')).toBeNull();
    });

    it('shows a multiple-choice question with a hint', async () => {
      await take(2);
      expect(text()).toContain('Choose all correct answers.');
      check('Saturn');
      check('Uranus');
      check('Saturn');

      expect(savedAnswers()).toEqual({ n2: { choices: ['uranus'] } });
    });

    it('keeps choices that are selected before the page is updated', async () => {
      await take(2);
      for (const label of ['Saturn', 'Uranus'])
        find('label', label).querySelector('input')!.click();

      expect(savedAnswers()).toEqual({ n2: { choices: ['saturn', 'uranus'] } });
    });

    it('shows a true/false question and stores untranslated values', async () => {
      await take(3);
      const [yes, no] = page.querySelectorAll<HTMLInputElement>('.option input');
      check('True');
      expect(savedAnswers()).toEqual({ n3: { text: 'true' } });
      check('False');
      expect(savedAnswers()).toEqual({ n3: { text: 'false' } });
      await press('Clear answer');
      expect(savedAnswers()).toEqual({ n3: { text: '' } });
      expect([yes?.checked, no?.checked]).toEqual([false, false]);
    });

    it.each(['true', 'false'])('restores the answer of a true/false question: %s', async answer => {
      const draft = { answers: { n3: { text: answer } }, marked: [] };
      localStorage.setItem('lms.private.quiz.ada.q1.1', JSON.stringify(draft));
      await take(3);

      expect(page.querySelector('.option:has(:checked)')?.textContent?.toLowerCase()).toBe(answer);
    });

    it('shows a short-answer question', async () => {
      await take(4);
      type('Neptune');

      expect(savedAnswers()).toEqual({ n4: { text: 'Neptune' } });
    });

    it('accepts numbers with a decimal point or comma and rejects other text', async () => {
      await take(5);
      for (const number of ['1,5', '1.5', '-7', ' 1 500 ', '15e-1', '−3', '٣', '.5']) {
        expect(type(number).inputMode).toBe('decimal');
        expect(text(), number).not.toContain('Enter a number without units');
      }
      for (const word of ['one', '1,500.5', '3 km', '-', 'e5']) {
        type(word);
        expect(text(), word).toContain('Enter a number without units');
      }
      expect(savedAnswers()).toEqual({ n5: { text: 'e5' } });
    });

    it('changes the sign of a number', async () => {
      await take(5);
      type('1,5');
      await press('Change sign');
      expect(savedAnswers()).toEqual({ n5: { text: '-1,5' } });
      await press('Change sign');
      expect(savedAnswers()).toEqual({ n5: { text: '1,5' } });
    });

    it('moves between questions, also with Enter, and focuses the heading', async () => {
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
    ])('shows a valid question for any step in the URL: %s', async (step, number) => {
      await take(step);

      expect(text()).toContain(`Question ${number} of 5`);
    });

    it('shows the status of each question in words, not only in color', async () => {
      await take(1);
      check('Mars');
      check('Flag for review');
      await press('Next');

      const links = [...page.querySelectorAll('nav ol a')];
      expect(links[0]?.getAttribute('aria-label')).toBe('Question 1, answered, flagged for review');
      expect(links[1]?.getAttribute('aria-label')).toBe('Question 2, not answered');
      expect(links.map(link => link.getAttribute('aria-current'))).toEqual([
        null,
        'step',
        null,
        null,
        null,
      ]);
      expect(text()).toContain('1 of 5 answered');
      expect(text()).toContain('1 flagged for review');
    });

    it('shows the remaining time and can hide it', async () => {
      const deadline = '2026-05-04T10:10:01Z';
      await take(1, { deadline });
      expect(page.querySelector('[role=timer]')?.textContent).toMatch(/^(10:00|9:59)$/);
      await press('Hide');
      expect(page.querySelector('[role=timer]')).toBeNull();
      expect(text()).toContain('Time hidden');
      await press('Show');

      expect(page.querySelector('[role=timer]')).not.toBeNull();
    });

    it('shows changes made in another tab', async () => {
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

    it('warns if answers cannot be saved on the device', async () => {
      await take(1);
      const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      check('Mars');
      full.mockRestore();

      expect(text()).toContain('Your answers cannot be saved on this device');
    });
  });

  describe('leaving an open attempt', () => {
    const closing = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };

    it('asks for confirmation', async () => {
      await take(1);
      confirm.ask.mockResolvedValue(false);
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/quiz/q1?step=1');
      const [{ text: message }] = confirm.ask.mock.lastCall as [{ text: string }];
      expect(message).toContain('Your attempt stays open');
      expect(message).not.toContain('The timer keeps running');
      expect(closing()).toBe(true);
    });

    it('mentions the timer', async () => {
      await take(1, { deadline: '2026-05-04T10:10:00Z' });
      confirm.ask.mockResolvedValue(true);
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/courses');
      const [{ text: message }] = confirm.ask.mock.lastCall as [{ text: string }];
      expect(message).toMatch(/The timer keeps running until \d+:\d\d/);
      expect(closing()).toBe(false);
    });

    it('warns that unsaved answers will be lost', async () => {
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

    it('needs no confirmation before the attempt is opened', async () => {
      await instructions({ my_open: OPEN });
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/courses');
      expect(confirm.ask).not.toHaveBeenCalled();
    });

    it('discards an attempt that was still being started', async () => {
      await instructions();
      find('button', 'Start quiz').click();
      await TestBed.inject(Router).navigateByUrl('/courses');
      await answer(request('POST', `${QUIZ_URL}start/`), STARTED);

      expect(url()).toBe('/courses');
      expect(closing()).toBe(false);
    });
  });

  describe('the review', () => {
    it('lists all questions with their answers and links to them', async () => {
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
      expect(rows[2]).toMatch(/True Flagged for review$/);
      expect(rows[3]).toMatch(/Not answered$/);
      expect(text()).toContain('2 questions are not answered yet.');
      find('lms-quiz-review a', 'Question 4:').click();
      await settle();
      expect(url()).toBe('/quiz/q1?step=4');
    });

    it('asks for confirmation if answers are missing', async () => {
      await take('review');
      await press('Submit answers');
      expect(heading()).toContain('5 questions are not answered and score no points.');
      http.expectNone(SUBMISSIONS);

      await press('Cancel');
      expect(heading()).toBe('Submit answers');
      await press('Submit answers');
      page
        .querySelector('.confirmation')!
        .dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
      await settle();
      http.expectNone(SUBMISSIONS);

      await press('Submit answers');
      await press('Submit anyway');
      request('POST', SUBMISSIONS);
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
      await press('Submit answers');
    }

    it('submits the answers and shows the result', async () => {
      await submitAll();
      await answer(request('POST', SUBMISSIONS), RESULT, 201);

      expect(url()).toBe('/quiz/q1?submission=s1');
      expect(heading()).toBe('Not passed 50%');
      expect(localStorage.getItem('lms.private.quiz.ada.q1.1')).toBeNull();
      expect(confirm.dismiss).toHaveBeenCalled();
      http.expectNone(`${SUBMISSIONS}s1/?expand=student`);
      await answerQuiz({ my_attempts: 1, my_grade: 50 });
      expect(text()).toContain('2 attempts left');
    });

    it('shows the result even if the progress cannot be loaded', async () => {
      await submitAll();
      await answer(request('POST', SUBMISSIONS), RESULT, 201);
      request('GET', QUIZ_URL).error(new ProgressEvent('error'));
      await settle();

      expect(heading()).toBe('Not passed 50%');
    });

    it('shows that the submission failed and repeats it', async () => {
      await submitAll();
      request('POST', SUBMISSIONS).error(new ProgressEvent('error'));
      await settle();
      const alert =
        page.querySelector('lms-quiz-submission-status [role=alert]')?.textContent ?? '';
      expect(alert).toContain('Your answers are not submitted yet.');
      expect(alert).toContain('The server cannot be reached.');
      expect(alert).toContain('They are saved on this device.');
      expect(alert).toContain('submitted automatically');
      expect(scrollIntoView.mock.contexts).toEqual([
        page.querySelector('lms-quiz-submission-status'),
      ]);
      expect(page.querySelectorAll('button')).toHaveLength(1);
      await press('Submit again');
      await answer(request('POST', SUBMISSIONS), RESULT, 201);

      expect(url()).toBe('/quiz/q1?submission=s1');
    });

    it('shows why the server rejected the answers', async () => {
      await submitAll();
      const error = { detail: 'You are not enrolled.', code: 'not_enrolled', request_id: 'f00d' };
      await answer(request('POST', SUBMISSIONS), error, 403);

      const alert =
        page.querySelector('lms-quiz-submission-status [role=alert]')?.textContent ?? '';
      expect(alert).toContain('You are not enrolled.');
      expect(alert).toContain('f00d');
      expect(alert).not.toContain('automatically');
    });

    it('shows the result of an attempt that was submitted elsewhere', async () => {
      await submitAll();
      const error = { detail: 'It was submitted.', code: 'already_submitted' };
      await answer(request('POST', SUBMISSIONS), error, 409);
      await answerQuiz({ my_open: null, my_attempts: 1 });
      await answerAttempts([{ id: 's1', attempt: 1 }]);
      await answerQuiz({ my_open: null, my_attempts: 1 });
      await answer(request('GET', `${SUBMISSIONS}s1/`), RESULT);

      expect(url()).toBe('/quiz/q1?submission=s1');
      expect(text()).toContain('This attempt was already submitted');
    });

    it('says that time ran out before the answers arrived', async () => {
      await submitAll();
      await answer(request('POST', SUBMISSIONS), { detail: 'Over.', code: 'time_is_up' }, 409);
      await answerQuiz({ my_open: null, my_attempts: 1 });
      await answerAttempts([]);
      await answerQuiz({ my_open: null, my_attempts: 1 });

      expect(url()).toBe('/quiz/q1');
      expect(wordsOf(page.querySelector('[role=alert]'))).toContain(
        'Time for attempt 1 ran out before your answers reached the server',
      );
      expect(find('button', 'Start another attempt')).toBeTruthy();
    });
  });

  describe('an attempt whose time is up', () => {
    /** A time limit that ends immediately. */
    const AT_ITS_END = { deadline: '2026-05-04T10:00:01Z', now: '2026-05-04T10:00:01Z' };

    it('is locked and submitted automatically', async () => {
      await take(1, AT_ITS_END);
      expect(page.querySelector('[role=alert]')?.textContent).toContain('Time is up.');
      expect(page.querySelector('fieldset')?.disabled).toBe(true);
      await answer(request('POST', SUBMISSIONS), RESULT, 201);

      expect(text()).toContain('Time ran out, so your answers were submitted automatically.');
    });

    it('says that late answers may not count', async () => {
      await take(1, AT_ITS_END);
      request('POST', SUBMISSIONS).error(new ProgressEvent('error'));
      await settle();

      const alert =
        page.querySelector('lms-quiz-submission-status [role=alert]')?.textContent ?? '';
      expect(alert).toContain('Time is up, but your answers are not submitted yet.');
      expect(alert).toContain('Whether they still count');
    });

    it('leads to the result even from the instructions', async () => {
      await take(1, { deadline: '2026-05-04T10:00:11Z', now: '2026-05-04T10:00:09.500Z' });
      await TestBed.inject(Router).navigateByUrl('/quiz/q1');
      await settle();
      await answerAttempts();
      const sent = await vi.waitFor(() => request('POST', SUBMISSIONS));
      await answer(sent, RESULT, 201);

      expect(url()).toBe('/quiz/q1?submission=s1');
    });
  });

  describe('the result', () => {
    async function result(submission: object = {}, quiz: object = {}): Promise<void> {
      await visit('/quiz/q1?submission=s1');
      request('GET', QUIZ_URL).flush({ ...QUIZ, my_attempts: 1, ...quiz });
      await answer(request('GET', `${SUBMISSIONS}s1/`), { ...RESULT, ...submission });
    }

    const rows = () => textsOf('lms-quiz-result ol > li');

    it('shows the score and the feedback for each question', async () => {
      await result();

      expect(page.querySelectorAll('h1')).toHaveLength(1);
      expect(TestBed.inject(Title).getTitle()).toBe('Result: The planets · Learning');
      expect(heading()).toBe('Not passed 50%');
      expect(text()).toContain('2.5 of 5 points');
      expect(text()).toContain('Pass mark: 70%');
      const [single, multiple, truth, words, number] = rows();
      expect(single).toMatch(/✗ Incorrect 0 of 1 points Venus Your answer Mars ✓ Correct answer/);
      expect(single).toContain('Mars it is.');
      expect(multiple).toMatch(
        /Partially correct 0.5 of 1 points Saturn Your answer ✓ Correct answer/,
      );
      expect(multiple).toMatch(/Uranus ✓ Correct answer Earth$/);
      expect(truth).toMatch(/✓ Correct 1 of 1 points Your answer False Correct answer False/);
      expect(words).toMatch(/Not answered 0 of 1 points Your answer None/);
      expect(words).toContain('Correct answer Neptune / planet Neptune');
      expect(number).toContain('Your answer 1,5 Correct answer 1.5');
    });

    it('shows the tolerance of a numeric answer', async () => {
      const questions = QUESTIONS.map(question => ({ ...question, tolerance: 0.05 }));
      await result({ questions });

      expect(rows()[4]).toContain('Correct answer 1.5 ± 0.05');
    });

    it.each([
      ['after_pass', 'after you pass'],
      ['never', 'does not show the correct answers'],
    ])('explains when the correct answers are shown: %s', async (show_key, expected) => {
      const feedback = RESULT.feedback.map(({ question, points, max_points, correct }) => ({
        question,
        points,
        max_points,
        correct,
      }));
      await result({ feedback }, { show_key });

      expect(text()).toContain(expected);
      expect(text()).not.toContain('Correct answer');
      expect(rows()[0]).toContain('Venus Your answer Mars');
    });

    it('offers another attempt while attempts are left', async () => {
      await result();
      expect(text()).toContain('2 attempts left');
      await press('Try again');
      const again = { ...STARTED, attempt: 2 };
      await answer(request('POST', `${QUIZ_URL}start/`), again, 201);

      expect(url()).toBe('/quiz/q1?step=1');
      expect(heading()).toMatch(/^Question 1 of 5/);
    });

    it('shows why no other attempt could be started', async () => {
      await result();
      await press('Try again');
      await answer(request('POST', `${QUIZ_URL}start/`), { detail: 'No.', code: 'x' }, 409);

      expect(page.querySelector('[role=alert]')?.textContent).toContain('No.');
    });

    it('offers no other attempt if none are left', async () => {
      await result({}, { my_attempts: 3 });

      expect(text()).toContain('No attempts left.');
      expect(page.querySelector('button')).toBeNull();
      expect(find('a', 'Back to lesson').getAttribute('href')).toBe('/learn/c1/l1');
    });

    it('links back to the course after passing', async () => {
      await result({ passed: true, percentage: 100 });

      expect(heading()).toBe('Passed 100%');
      expect(find('a.button', 'Continue learning').getAttribute('href')).toBe('/learn/c1');
      expect(page.querySelector('button')).toBeNull();
    });

    it('shows the student’s name to an instructor', async () => {
      await result({ student: { id: 'bob', username: 'bob' } });
      expect(text()).toContain('Submitted by bob');
      expect(page.querySelector('button')).toBeNull();
    });

    it('shows no name for the user’s own submission', async () => {
      await result({ student: { id: 'ada', username: 'ada' } });

      expect(text()).not.toContain('Submitted by');
      expect(find('button', 'Try again')).toBeTruthy();
    });

    it('shows that the student’s account was deleted', async () => {
      await result({ student: null });
      expect(text()).toContain('Submitted by deleted user');
    });

    it('shows an error and can retry', async () => {
      await visit('/quiz/q1?submission=s1');
      await answerQuiz();
      await answer(
        request('GET', `${SUBMISSIONS}s1/`),
        { detail: 'Away.', request_id: 'f00d' },
        503,
      );
      expect(text()).toContain('This result could not be loaded.');
      await press('Try again');
      await answer(request('GET', `${SUBMISSIONS}s1/`), RESULT);

      expect(heading()).toBe('Not passed 50%');
    });
  });

  it('closes the attempt when another user signs in or another quiz is opened', async () => {
    await take(1);
    check('Mars');
    TestBed.inject(Session).update({ id: 'bob', username: 'bob' } as User);
    await settle();
    await answerQuiz({ my_open: null });
    expect(url()).toBe('/quiz/q1');
    expect(localStorage.getItem('lms.private.quiz.bob.q1.1')).toBeNull();
    await answerAttempts();

    await TestBed.inject(Router).navigateByUrl('/quiz/q2');
    await settle();
    await answer(request('GET', '/api/quizzes/q2/'), { ...QUIZ, id: 'q2', title: 'The moons' });
    expect(page.querySelector('h1')?.textContent).toBe('The moons');
  });
});
