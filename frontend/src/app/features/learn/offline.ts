import { Injectable, inject } from '@angular/core';
import { DBSchema, IDBPDatabase, StoreNames, openDB } from 'idb';

import { Session } from '@core/auth/session';
import { Course, Lesson, Mark } from './learn-models';
import { forgetOwner, ownerOnDevice, ownOnDevice } from './owner';

/** A mark on its way; sent again with the same key, it counts once. */
export interface WaitingMark extends Mark {
  readonly key: string;
}

type Owned<Value> = Value & { readonly user: string };
type Key = [user: string, id: string];

interface Shelf extends DBSchema {
  courses: { key: Key; value: Owned<Course> };
  lessons: { key: Key; value: Owned<Lesson> };
  /** How far one has read: a share of the lesson's height. */
  places: { key: Key; value: Owned<{ id: string; place: number }> };
  marks: { key: Key; value: Owned<WaitingMark> };
}

const NAME = 'lms.learn';
const VERSION = 1;

/**
 * What this device keeps of one's learning, in IndexedDB: courses and lessons that were opened,
 * where one was in them, and marks that the server has not heard of. A browser that keeps nothing
 * is one on which lessons are not there offline; only a mark must not get lost without a word.
 */
@Injectable({ providedIn: 'root' })
export class Offline {
  private readonly session = inject(Session);
  private opened: Promise<IDBPDatabase<Shelf>> | null = null;

  keepCourse(course: Course): Promise<void> {
    return this.keep('courses', course).catch(() => undefined);
  }

  keepLesson(lesson: Lesson): Promise<void> {
    return this.keep('lessons', lesson).catch(() => undefined);
  }

  keepPlace(lesson: string, place: number): Promise<void> {
    return this.keep('places', { id: lesson, place }).catch(() => undefined);
  }

  course(id: string): Promise<Course | undefined> {
    return this.find('courses', id);
  }

  lesson(id: string): Promise<Lesson | undefined> {
    return this.find('lessons', id);
  }

  async place(lesson: string): Promise<number> {
    return (await this.find('places', lesson))?.place ?? 0;
  }

  /** @throws where this browser keeps nothing, or nobody is signed in */
  keepMark(mark: WaitingMark): Promise<void> {
    return this.keep('marks', mark);
  }

  /** Forgets the mark of that lesson, if it is still that one. */
  async dropMark({ lesson, key }: WaitingMark): Promise<void> {
    const owner = this.owner();
    if (owner === null) return;
    const store = (await this.open()).transaction('marks', 'readwrite').store;
    const kept = await store.get([owner, lesson]);
    if (kept?.key === key) await store.delete([owner, lesson]);
  }

  /** Forgets what waits for that lesson, for the server has heard of a later mark. */
  async dropMarksOf(lesson: string): Promise<void> {
    const owner = this.owner();
    if (owner === null) return;
    await this.open()
      .then(shelf => shelf.delete('marks', [owner, lesson]))
      .catch(() => undefined);
  }

  async marks(): Promise<readonly WaitingMark[]> {
    const owner = this.owner();
    if (owner === null) return [];
    try {
      return await (await this.open()).getAll('marks', IDBKeyRange.bound([owner], [owner, []]));
    } catch {
      return [];
    }
  }

  /** Forgets everything, of whomever it is. */
  async clear(): Promise<void> {
    const shelf = await this.open();
    const stores = [...shelf.objectStoreNames];
    const all = shelf.transaction(stores, 'readwrite');
    await Promise.all([...stores.map(store => all.objectStore(store).clear()), all.done]);
    forgetOwner();
  }

  /** Who reads here: whoever is signed in or, out of the server's reach, was so the last time. */
  private owner(): string | null {
    return this.session.user()?.id ?? ownerOnDevice(this.session);
  }

  private async keep<Name extends StoreNames<Shelf>>(
    store: Name,
    value: Omit<Shelf[Name]['value'], 'user'>,
  ): Promise<void> {
    const owner = this.owner();
    const shelf = await this.open();
    if (owner === null || owner !== this.owner()) throw new Error('Signed out.');
    ownOnDevice(owner);
    await shelf.put(store, { ...value, user: owner } as Shelf[Name]['value']);
  }

  private async find<Name extends StoreNames<Shelf>>(
    store: Name,
    id: string,
  ): Promise<Shelf[Name]['value'] | undefined> {
    const owner = this.owner();
    if (owner === null) return undefined;
    try {
      return await (await this.open()).get(store, [owner, id]);
    } catch {
      return undefined;
    }
  }

  private open(): Promise<IDBPDatabase<Shelf>> {
    return (this.opened ??= openDB<Shelf>(NAME, VERSION, {
      upgrade(shelf) {
        for (const store of ['courses', 'lessons', 'places'] as const) {
          shelf.createObjectStore(store, { keyPath: ['user', 'id'] });
        }
        shelf.createObjectStore('marks', { keyPath: ['user', 'lesson'] });
      },
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    }).catch((error: unknown) => {
      this.opened = null;
      throw error;
    }));
  }
}
