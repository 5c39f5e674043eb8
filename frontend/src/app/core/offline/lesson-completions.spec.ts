import 'fake-indexeddb/auto';

import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Lesson } from '@core/api/models';
import { clearPrivateData } from '@core/auth/private-data';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { errorInterceptor } from '@core/http/error-interceptor';
import { Snackbar } from '@core/snackbar/snackbar';
import { LessonCompletions } from './lesson-completions';
import { offlineStore } from './offline-store';

const URL = '/api/progress/';
const LESSON = { id: 'l1', title: 'Seeds' } as Lesson;

/** Deletes private data and waits until all connections to the database are closed. */
async function deviceIsClear(): Promise<void> {
  clearPrivateData();
  await new Promise(done => (indexedDB.deleteDatabase('lms.private').onsuccess = done));
}

describe('LessonCompletions', () => {
  const user = signal<{ id: string } | null>(null);
  const snackbar = { showError: vi.fn(async () => undefined) };
  let http: HttpTestingController;
  let completions: LessonCompletions;

  async function open(): Promise<void> {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
        { provide: Session, useValue: { user } },
        { provide: Snackbar, useValue: snackbar },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    completions = TestBed.inject(LessonCompletions);
    TestBed.tick();
  }

  const sent = () => vi.waitFor(() => http.expectOne(URL));
  const stored = () => offlineStore.completions('ada');

  async function markOffline(lesson: string, completed: boolean): Promise<string | null> {
    const done = completions.set(lesson, completed);
    const request = await sent();
    request.error(new ProgressEvent('error'));
    expect(await done).toBe(false);
    return request.request.headers.get('Idempotency-Key');
  }

  beforeEach(async () => {
    await deviceIsClear();
    user.set({ id: 'ada' });
    vi.clearAllMocks();
    await open();
  });
  afterEach(() => {
    http.verify();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('sends a completion with its own idempotency key and emits it', async () => {
    const heard: unknown[] = [];
    completions.synced.subscribe(mark => heard.push(mark));
    const done = completions.set('l1', true);
    const marking = await sent();
    marking.flush({});

    expect(await done).toBe(true);
    expect(marking.request.body).toEqual({ lesson: 'l1', completed: true });
    expect(marking.request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    expect(heard).toEqual([{ lesson: 'l1', completed: true }]);
    expect(completions.pending()).toEqual([]);
  });

  it('stores an offline completion and sends it with the same key later', async () => {
    const key = await markOffline('l1', true);
    expect(completions.pending()).toMatchObject([{ lesson: 'l1', completed: true }]);

    window.dispatchEvent(new Event('online'));
    const again = await sent();
    expect(again.request.headers.get('Idempotency-Key')).toBe(key);
    again.flush({});
    await vi.waitFor(() => expect(completions.pending()).toEqual([]));
    expect(await stored()).toEqual([]);
  });

  it('sends pending completions at startup, and only for the same user', async () => {
    await markOffline('l1', true);
    user.set({ id: 'eve' });
    await open();
    await completions.sendPending();
    http.expectNone(URL);

    user.set({ id: 'ada' });
    TestBed.tick();
    (await sent()).flush({});
    await vi.waitFor(async () => expect(await stored()).toEqual([]));
  });

  it('sends only the last change of a lesson', async () => {
    await markOffline('l1', true);
    await markOffline('l1', false);

    const done = completions.sendPending();
    const again = await sent();
    expect(again.request.body).toEqual({ lesson: 'l1', completed: false });
    again.flush({});
    await done;
  });

  it('discards pending changes of a lesson when a later one is sent', async () => {
    await markOffline('l1', true);
    const done = completions.set('l1', false);
    (await sent()).flush({});
    await done;

    expect(await stored()).toEqual([]);
    expect(completions.pending()).toEqual([]);
  });

  it('reports and discards rejected changes, and continues with the next', async () => {
    await offlineStore.saveLesson('ada', LESSON);
    await markOffline('l1', true);
    await markOffline('l2', true);

    const done = completions.sendPending();
    (await sent()).flush({ detail: 'Pass the quiz.' }, { status: 400, statusText: '' });
    (await sent()).flush({}, { status: 404, statusText: '' });
    await done;

    expect(snackbar.showError.mock.calls).toEqual([
      ['Could not update “Seeds”: Pass the quiz.'],
      [expect.stringContaining('Could not update “A lesson”')],
    ]);
    expect(await stored()).toEqual([]);
  });

  it('retries soon when the server is busy', async () => {
    await markOffline('l1', true);
    const done = completions.sendPending();
    const busy = await sent();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    busy.flush({}, { status: 429, statusText: '' });
    await done;
    expect(completions.pending()).toHaveLength(1);

    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    (await sent()).flush({});
    await vi.waitFor(() => expect(completions.pending()).toEqual([]));
    expect(snackbar.showError).not.toHaveBeenCalled();
  });

  it('waits for the browser to go online', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    await open();
    await markOffline('l1', true);
    const done = completions.sendPending();
    const away = await sent();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    away.error(new ProgressEvent('error'));
    await done;
    await vi.advanceTimersByTimeAsync(60_000);

    http.expectNone(URL);
  });

  it('rejects when the server rejects a change', async () => {
    const done = completions.set('l1', true);
    const refused = expect(done).rejects.toThrow('Enroll first.');
    (await sent()).flush({ detail: 'Enroll first.' }, { status: 403, statusText: '' });
    await refused;

    expect(await stored()).toEqual([]);
  });

  it('reports a change that cannot be stored', async () => {
    vi.spyOn(offlineStore, 'saveCompletion').mockRejectedValue(
      new DOMException('No.', 'QuotaExceededError'),
    );
    const done = completions.set('l1', true);
    const refused = expect(done).rejects.toBeInstanceOf(ApiError);
    (await sent()).error(new ProgressEvent('error'));
    await refused;
  });

  it('stores nothing after the user has signed out', async () => {
    const done = completions.set('l1', true);
    const refused = expect(done).rejects.toBeInstanceOf(ApiError);
    const marking = await sent();
    user.set(null);
    marking.error(new ProgressEvent('error'));
    await refused;

    expect(await stored()).toEqual([]);
  });

  it('is cleared with the private data', async () => {
    await markOffline('l1', true);
    await offlineStore.saveCourse('ada', 'c1', { title: 'Botany', outline: [], summary: null });
    clearPrivateData();

    await vi.waitFor(async () => expect(await stored()).toEqual([]));
    expect(await offlineStore.course('ada', 'c1')).toBeUndefined();
    await completions.sendPending();
    expect(completions.pending()).toEqual([]);
  });
});
