import { DBSchema, IDBPDatabase, openDB } from 'idb';

import { Lesson, Outline, ProgressSummary } from '@core/api/models';

/** What is known of a course while the network is away. */
export interface OfflineCourse {
  readonly title: string;
  readonly outline: Outline;
  /** How far one has come; null for whoever does not take the course. */
  readonly summary: ProgressSummary | null;
}

/** That a lesson is completed, or no longer is. */
export interface CompletionChange {
  readonly lesson: string;
  readonly completed: boolean;
}

/** A lesson marked while the network was away; `key` lets the server count it once. */
export interface PendingCompletion extends CompletionChange {
  readonly key: string;
}

/** All keys begin with whose it is. */
interface Kept extends DBSchema {
  courses: { key: [string, string]; value: OfflineCourse };
  lessons: { key: [string, string]; value: Lesson };
  marks: { key: [string, string]; value: PendingCompletion };
}

const NAME = 'lms.private';

/** Lessons that were opened and marks that wait, on the device; signing out removes the whole of it. */
export const offlineStore = {
  async course(user: string, id: string): Promise<OfflineCourse | undefined> {
    return (await opened()).get('courses', [user, id]);
  },
  async saveCourse(user: string, id: string, course: OfflineCourse): Promise<void> {
    await (await opened()).put('courses', course, [user, id]);
  },
  async lesson(user: string, id: string): Promise<Lesson | undefined> {
    return (await opened()).get('lessons', [user, id]);
  },
  async saveLesson(user: string, lesson: Lesson): Promise<void> {
    await (await opened()).put('lessons', lesson, [user, lesson.id]);
  },
  /** The marks that wait, the oldest key first. */
  async completions(user: string): Promise<readonly PendingCompletion[]> {
    return (await opened()).getAll('marks', IDBKeyRange.bound([user, ''], [user, '\uffff']));
  },
  /** The last mark of a lesson is the one that waits. */
  async saveCompletion(user: string, mark: PendingCompletion): Promise<void> {
    await (await opened()).put('marks', mark, [user, mark.lesson]);
  },
  /** Drops that mark, and not a newer one of the same lesson. */
  async deleteCompletion(user: string, mark: PendingCompletion): Promise<void> {
    const change = (await opened()).transaction('marks', 'readwrite');
    const waiting = await change.store.get([user, mark.lesson]);
    if (waiting?.key === mark.key) await change.store.delete([user, mark.lesson]);
    await change.done;
  },
  /** Drops what waits for that lesson, for the server has heard of a later mark. */
  async deleteCompletionsOf(user: string, lesson: string): Promise<void> {
    await (await opened()).delete('marks', [user, lesson]);
  },
};

export type OfflineStore = typeof offlineStore;

let database: Promise<IDBPDatabase<Kept>> | null = null;

function opened(): Promise<IDBPDatabase<Kept>> {
  return (database ??= openDB<Kept>(NAME, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('courses');
      fresh.createObjectStore('lessons');
      fresh.createObjectStore('marks');
    },
    blocking() {
      close(); // signing out, here or in another tab, deletes it
    },
    terminated() {
      database = null;
    },
  }));
}

function close(): void {
  void database?.then(one => one.close());
  database = null;
}
