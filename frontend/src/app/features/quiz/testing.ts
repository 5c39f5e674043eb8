import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  HttpTestingController,
  TestRequest,
  provideHttpClientTesting,
} from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
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
export const QUIZ_URL = '/api/quizzes/q1/';
export const SUBMISSIONS = '/api/quiz-submissions/';

function question(
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

export const QUESTIONS = [
  question(1, 'single', 'Venus', 'Mars'),
  question(2, 'multiple', 'Saturn', 'Uranus', 'Earth'),
  question(3, 'true_false'),
  question(4, 'short_text'),
  question(5, 'numeric'),
];

export const QUIZ = {
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

export const OPEN = { attempt: 1, started_at: NOW, deadline: null };
export const STARTED: StartedAttempt = { ...OPEN, now: NOW, questions: QUESTIONS };
export const RESULT = {
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

/** Prepares a quiz page with a fake server for each test of a `describe` block. */
export function setUpQuizPage() {
  let http: HttpTestingController;
  let element: HTMLElement;
  const confirm = { ask: vi.fn(), prepare: vi.fn(), dismiss: vi.fn() };
  const scrollIntoView = vi.fn(); // jsdom does not implement it.

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

  async function visit(path = '/quiz/q1'): Promise<void> {
    const harness = await RouterTestingHarness.create(path);
    element = harness.fixture.nativeElement as HTMLElement;
  }

  async function answer(request: TestRequest, body: object, status = 200): Promise<void> {
    request.flush(body, { status, statusText: '' });
    await settle();
  }

  const expectRequest = (method: string, path: string) =>
    http.expectOne(sent => sent.method === method && sent.url === path);
  const expectNoRequest = (path: string) => http.expectNone(path);

  async function answerQuiz(quiz: object = {}): Promise<void> {
    await answer(expectRequest('GET', QUIZ_URL), { ...QUIZ, ...quiz });
  }

  async function answerAttempts(results: readonly object[] = []): Promise<void> {
    const page = { count: results.length, next: null, previous: null, results };
    await answer(expectRequest('GET', SUBMISSIONS), page);
  }

  async function openInstructions(
    quiz: object = {},
    attempts: readonly object[] = [],
  ): Promise<void> {
    await visit();
    await answerQuiz(quiz);
    await answerAttempts(attempts);
  }

  async function openAttempt(step: number | string = 1, started: object = {}): Promise<void> {
    await visit(`/quiz/q1?step=${step}`);
    await answerQuiz({ my_open: OPEN, my_attempts: 1 });
    await answer(expectRequest('POST', `${QUIZ_URL}start/`), { ...STARTED, ...started });
  }

  const page = () => element;
  const text = () => textOf(element);
  const textsOf = (selector: string) => [...element.querySelectorAll(selector)].map(textOf);
  const url = () => TestBed.inject(Router).url;

  function find(selector: string, label: string | RegExp): HTMLElement {
    const match = [...element.querySelectorAll<HTMLElement>(selector)].find(candidate =>
      (candidate.getAttribute('aria-label') ?? textOf(candidate)).match(label),
    );
    if (!match) throw new Error(`no ${selector} ${label} in ${text()}`);
    return match;
  }

  async function press(label: string | RegExp): Promise<void> {
    find('a, button', label).click();
    await settle();
  }

  function check(label: string | RegExp): void {
    find('label:has(input)', label).querySelector('input')?.click();
    TestBed.tick();
  }

  function type(value: string): HTMLInputElement {
    const input = find('.field input', '') as HTMLInputElement;
    input.value = value;
    input.dispatchEvent(new Event('input'));
    TestBed.tick();
    return input;
  }

  return {
    confirm,
    scrollIntoView,
    visit,
    answer,
    expectRequest,
    expectNoRequest,
    answerQuiz,
    answerAttempts,
    openInstructions,
    openAttempt,
    page,
    text,
    textsOf,
    url,
    find,
    press,
    check,
    type,
  };
}

/** Lets the page process pending responses; unanswered requests do not block it. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise(resolve => setTimeout(resolve));
    TestBed.tick();
  }
}

/** Returns the text of an element, with a space between its children. */
export function textOf(element: Element | null): string {
  const words: string[] = [];
  if (!element) return '';
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) words.push(...(walker.currentNode.textContent ?? '').split(/\s+/));
  return words.filter(Boolean).join(' ');
}

/** Returns the text of the focused element. */
export function focusedText(): string {
  return textOf(document.activeElement);
}

export const DRAFT_KEY = 'lms.private.quiz.ada.q1.1';

export function saveDraft(draft: object): void {
  localStorage.setItem(DRAFT_KEY, JSON.stringify(draft));
}

export function savedAnswers(): object | undefined {
  const draft = JSON.parse(localStorage.getItem(DRAFT_KEY) ?? '{}') as { answers?: object };
  return draft.answers;
}

/** Changes something while the device's storage is full. */
export function withFullStorage(change: () => void): void {
  const setItem = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  change();
  setItem.mockRestore();
}
