import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';

import { User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { OPEN, QUIZ, QUIZ_URL, STARTED, settle, setUpQuizPage, withFullStorage } from './testing';

describe('the quiz page', () => {
  const {
    confirm,
    visit,
    answer,
    expectRequest,
    answerQuiz,
    answerAttempts,
    openInstructions,
    openAttempt,
    page,
    text,
    url,
    find,
    press,
    check,
  } = setUpQuizPage();

  describe('a quiz that cannot be loaded', () => {
    it('is reported as not available if the user may not see it', async () => {
      await visit();
      await answer(
        expectRequest('GET', QUIZ_URL),
        { detail: 'Not found.', code: 'not_found' },
        404,
      );

      expect(text()).toContain('This quiz is not available.');
      expect(find('a', 'Find a course').getAttribute('href')).toBe('/courses');
    });

    it('shows an error and can retry', async () => {
      await visit();
      await answer(expectRequest('GET', QUIZ_URL), { detail: 'Away.', request_id: 'f00d' }, 503);
      expect(page().querySelector('[role=alert]')?.textContent).toContain('f00d');
      await press('Try again');
      await answerQuiz();

      expect(page().querySelector('h1')?.textContent).toBe('The planets');
    });

    it('tells the user during an attempt that the answers are saved', async () => {
      await visit('/quiz/q1?step=2');
      expectRequest('GET', QUIZ_URL).error(new ProgressEvent('error'));
      await settle();

      expect(text()).toContain('Your answers are saved on this device.');
    });
  });

  describe('leaving an open attempt', () => {
    const closing = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };

    it('asks for confirmation', async () => {
      await openAttempt(1);
      confirm.ask.mockResolvedValue(false);
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/quiz/q1?step=1');
      const [{ text: message }] = confirm.ask.mock.lastCall as [{ text: string }];
      expect(message).toContain('Your attempt stays open');
      expect(message).not.toContain('The timer keeps running');
      expect(closing()).toBe(true);
    });

    it('mentions the timer', async () => {
      await openAttempt(1, { deadline: '2026-05-04T10:10:00Z' });
      confirm.ask.mockResolvedValue(true);
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/courses');
      const [{ text: message }] = confirm.ask.mock.lastCall as [{ text: string }];
      expect(message).toMatch(/The timer keeps running until \d+:\d\d/);
      expect(closing()).toBe(false);
    });

    it('warns that unsaved answers will be lost', async () => {
      await openAttempt(1);
      withFullStorage(() => check('Mars'));
      await TestBed.inject(Router).navigateByUrl('/courses');

      const [question] = confirm.ask.mock.lastCall as [object];
      expect(question).toMatchObject({ isDestructive: true });
    });

    it('needs no confirmation before the attempt is opened', async () => {
      await openInstructions({ my_open: OPEN });
      await TestBed.inject(Router).navigateByUrl('/courses');

      expect(url()).toBe('/courses');
      expect(confirm.ask).not.toHaveBeenCalled();
    });

    it('discards an attempt that was still being started', async () => {
      await openInstructions();
      find('button', 'Start quiz').click();
      await TestBed.inject(Router).navigateByUrl('/courses');
      await answer(expectRequest('POST', `${QUIZ_URL}start/`), STARTED);

      expect(url()).toBe('/courses');
      expect(closing()).toBe(false);
    });
  });

  it('closes the attempt when another user signs in or another quiz is opened', async () => {
    await openAttempt(1);
    check('Mars');
    TestBed.inject(Session).update({ id: 'bob', username: 'bob' } as User);
    await settle();
    await answerQuiz({ my_open: null });
    expect(url()).toBe('/quiz/q1');
    expect(localStorage.getItem('lms.private.quiz.bob.q1.1')).toBeNull();
    await answerAttempts();

    await TestBed.inject(Router).navigateByUrl('/quiz/q2');
    await settle();
    await answer(expectRequest('GET', '/api/quizzes/q2/'), {
      ...QUIZ,
      id: 'q2',
      title: 'The moons',
    });
    expect(page().querySelector('h1')?.textContent).toBe('The moons');
  });
});
