import 'fake-indexeddb/auto';

import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { errors } from '@core/http/errors';
import { Notes } from '@core/notes/notes';
import { Course, Lesson } from './learn-models';
import { Marks } from './marks';
import { Offline } from './offline';
import { provideCareForDevice } from './owner';

const LESSON = { id: 'l1', title: 'Seeds' } as Lesson;
const COURSE = { id: 'c1', title: 'Botany' } as Course;
const MARKS = '/api/progress/';

describe('what the device keeps', () => {
  const user = signal<{ id: string } | null>(null);
  const mayBeSignedIn = signal(false);
  const warn = vi.fn(async () => undefined);
  let http: HttpTestingController;
  let offline: Offline;
  let marks: Marks;

  function open(): void {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errors])),
        provideHttpClientTesting(),
        provideCareForDevice(),
        {
          provide: Session,
          useValue: {
            user,
            restored: async () => undefined,
            isSignedIn: () => user() !== null,
            mayBeSignedIn,
          },
        },
        { provide: Notes, useValue: { warn } },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    offline = TestBed.inject(Offline);
    marks = TestBed.inject(Marks);
  }

  /** The next time that the app is opened. */
  function openAgain(): void {
    TestBed.resetTestingModule();
    open();
  }

  const sent = () => vi.waitFor(() => http.expectOne(MARKS));
  const settle = async () => {
    TestBed.tick();
    await new Promise(resolve => setTimeout(resolve, 30));
  };

  async function markOffline(lesson: string, completed: boolean): Promise<string | null> {
    const done = marks.mark({ lesson, completed });
    const request = await sent();
    request.error(new ProgressEvent('error'));
    await done;
    return request.request.headers.get('Idempotency-Key');
  }

  beforeEach(async () => {
    user.set({ id: 'ada' });
    mayBeSignedIn.set(true);
    warn.mockClear();
    localStorage.clear();
    open();
    await settle();
    await offline.clear();
  });
  afterEach(() => http.verify());

  it('is each one’s own', async () => {
    await offline.keepLesson(LESSON);
    await offline.keepCourse(COURSE);
    await offline.keepPlace('l1', 0.5);
    expect(await offline.lesson('l1')).toMatchObject(LESSON);
    expect(await offline.course('c1')).toMatchObject(COURSE);
    expect(await offline.place('l1')).toBe(0.5);

    user.set({ id: 'eve' });
    expect(await offline.lesson('l1')).toBeUndefined();
    expect(await offline.course('c1')).toBeUndefined();
    expect(await offline.place('l1')).toBe(0);
  });

  it('is the last one’s where the server cannot say who is there', async () => {
    await offline.keepLesson(LESSON);

    user.set(null);
    expect(await offline.lesson('l1')).toMatchObject(LESSON);

    mayBeSignedIn.set(false);
    expect(await offline.lesson('l1')).toBeUndefined();
  });

  it('is nothing for a visitor', async () => {
    user.set(null);
    mayBeSignedIn.set(false);
    await offline.keepLesson(LESSON);

    user.set({ id: 'ada' });
    expect(await offline.lesson('l1')).toBeUndefined();
    expect(await offline.marks()).toEqual([]);
  });

  it('goes when one signs out, here or in another tab', async () => {
    await settle();
    await offline.keepLesson(LESSON);
    await markOffline('l1', true);

    user.set(null);
    mayBeSignedIn.set(false);
    await settle();

    user.set({ id: 'ada' });
    await vi.waitFor(async () => expect(await offline.lesson('l1')).toBeUndefined());
    expect(await offline.marks()).toEqual([]);
    expect(marks.waiting()).toEqual([]);
  });

  it('goes when somebody else signs in', async () => {
    await offline.keepLesson(LESSON);

    user.set({ id: 'eve' });
    await settle();
    user.set({ id: 'ada' });

    await vi.waitFor(async () => expect(await offline.lesson('l1')).toBeUndefined());
  });

  it('goes when the session has ended since the last visit', async () => {
    await offline.keepLesson(LESSON);
    user.set(null);
    mayBeSignedIn.set(false);

    openAgain();
    await settle();

    user.set({ id: 'ada' });
    await vi.waitFor(async () => expect(await offline.lesson('l1')).toBeUndefined());
  });

  it('stays when the server cannot be asked about the session', async () => {
    await offline.keepLesson(LESSON);
    user.set(null);

    openAgain();
    await settle();

    expect(await offline.lesson('l1')).toMatchObject(LESSON);
  });

  it('sends a mark with a key of its own', async () => {
    const heard: unknown[] = [];
    marks.heard.subscribe(mark => heard.push(mark));
    const done = marks.mark({ lesson: 'l1', completed: true });
    const { request, flush } = await sent().then(one => ({
      request: one.request,
      flush: () => one.flush({}),
    }));
    flush();
    await done;

    expect(request.body).toEqual({ lesson: 'l1', completed: true });
    expect(request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    expect(heard).toEqual([{ lesson: 'l1', completed: true }]);
    expect(marks.waiting()).toEqual([]);
  });

  it('keeps a mark made offline, and sends it under the same key when one is back', async () => {
    const key = await markOffline('l1', true);
    expect(marks.waiting()).toMatchObject([{ lesson: 'l1', completed: true }]);

    window.dispatchEvent(new Event('online'));
    const again = await sent();
    expect(again.request.headers.get('Idempotency-Key')).toBe(key);
    again.flush({});
    await vi.waitFor(() => expect(marks.waiting()).toEqual([]));
    expect(await offline.marks()).toEqual([]);
  });

  it('sends what waits when its owner opens the app again', async () => {
    await markOffline('l1', true);

    openAgain();
    TestBed.tick();
    (await sent()).flush({});
    await vi.waitFor(async () => expect(await offline.marks()).toEqual([]));
  });

  it('lets the last mark of a lesson win', async () => {
    await markOffline('l1', true);
    await markOffline('l1', false);

    const done = marks.send();
    const again = await sent();
    expect(again.request.body).toEqual({ lesson: 'l1', completed: false });
    again.flush({});
    await done;
  });

  it('forgets what waits for a lesson when a later mark arrives', async () => {
    await markOffline('l1', true);
    const done = marks.mark({ lesson: 'l1', completed: false });
    (await sent()).flush({});
    await done;

    expect(await offline.marks()).toEqual([]);
  });

  it('says what is refused, drops it, and goes on with the next', async () => {
    await offline.keepLesson(LESSON);
    await markOffline('l1', true);
    await markOffline('l2', true);

    const done = marks.send();
    (await sent()).flush({ detail: 'Pass the quiz.' }, { status: 400, statusText: '' });
    (await sent()).flush({});
    await done;

    expect(warn).toHaveBeenCalledExactlyOnceWith('“Seeds” could not be marked: Pass the quiz.');
    expect(marks.waiting()).toEqual([]);
  });

  it('keeps for later what the server was too busy for', async () => {
    await markOffline('l1', true);

    const done = marks.send();
    (await sent()).flush({}, { status: 429, statusText: '' });
    await done;

    expect(marks.waiting()).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it('refuses a mark that the server refuses', async () => {
    const done = marks.mark({ lesson: 'l1', completed: true });
    const refused = expect(done).rejects.toThrow('Enrol first.');
    (await sent()).flush({ detail: 'Enrol first.' }, { status: 403, statusText: '' });
    await refused;

    expect(await offline.marks()).toEqual([]);
  });

  it('does without where the browser keeps nothing, and loses no mark without a word', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('No.', 'SecurityError');
      },
    });
    openAgain();
    await offline.keepLesson(LESSON);
    expect(await offline.lesson('l1')).toBeUndefined();
    expect(await offline.marks()).toEqual([]);

    const done = marks.mark({ lesson: 'l1', completed: true });
    const refused = expect(done).rejects.toBeInstanceOf(ApiError);
    (await sent()).error(new ProgressEvent('error'));
    await refused;
    vi.unstubAllGlobals();
  });
});
