import { DBSchema, IDBPDatabase, openDB } from 'idb';

import { Lesson, Outline, ProgressSummary } from '@core/api/models';

/** A course as stored for offline reading. */
export interface OfflineCourse {
  readonly title: string;
  readonly outline: Outline;
  /** The progress of the student; null without an enrollment. */
  readonly summary: ProgressSummary | null;
}

/** A lesson that was marked as completed or not completed. */
export interface CompletionChange {
  readonly lesson: string;
  readonly completed: boolean;
}

/** A change made offline; the server applies its idempotency key only once. */
export interface PendingCompletion extends CompletionChange {
  readonly key: string;
}

/** All keys start with the user id. */
interface Schema extends DBSchema {
  courses: { key: [string, string]; value: OfflineCourse };
  lessons: { key: [string, string]; value: Lesson };
  marks: { key: [string, string]; value: PendingCompletion };
}

const NAME = 'lms.private';

/** Stores opened lessons and pending completions on the device until the user signs out. */
export const offlineStore = {
  async course(user: string, id: string): Promise<OfflineCourse | undefined> {
    return (await openDatabase()).get('courses', [user, id]);
  },
  async saveCourse(user: string, id: string, course: OfflineCourse): Promise<void> {
    await (await openDatabase()).put('courses', course, [user, id]);
  },
  async lesson(user: string, id: string): Promise<Lesson | undefined> {
    return (await openDatabase()).get('lessons', [user, id]);
  },
  async saveLesson(user: string, lesson: Lesson): Promise<void> {
    await (await openDatabase()).put('lessons', lesson, [user, lesson.id]);
  },
  /** Returns the pending completions by lesson id. */
  async completions(user: string): Promise<readonly PendingCompletion[]> {
    return (await openDatabase()).getAll('marks', IDBKeyRange.bound([user, ''], [user, '\uffff']));
  },
  /** Stores a completion in place of an earlier one of the same lesson. */
  async saveCompletion(user: string, completion: PendingCompletion): Promise<void> {
    await (await openDatabase()).put('marks', completion, [user, completion.lesson]);
  },
  /** Deletes this completion, but not a newer one of the same lesson. */
  async deleteCompletion(user: string, completion: PendingCompletion): Promise<void> {
    const change = (await openDatabase()).transaction('marks', 'readwrite');
    const pending = await change.store.get([user, completion.lesson]);
    if (pending?.key === completion.key) await change.store.delete([user, completion.lesson]);
    await change.done;
  },
  /** Deletes the pending completion of a lesson after a later one was sent. */
  async deleteCompletionsOf(user: string, lesson: string): Promise<void> {
    await (await openDatabase()).delete('marks', [user, lesson]);
  },
};

export type OfflineStore = typeof offlineStore;

let database: Promise<IDBPDatabase<Schema>> | null = null;

function openDatabase(): Promise<IDBPDatabase<Schema>> {
  return (database ??= openDB<Schema>(NAME, 1, {
    upgrade(created) {
      created.createObjectStore('courses');
      created.createObjectStore('lessons');
      created.createObjectStore('marks');
    },
    blocking() {
      close(); // Signing out in any tab deletes the database.
    },
    terminated() {
      database = null;
    },
  }));
}

function close(): void {
  void database?.then(connection => connection.close());
  database = null;
}
