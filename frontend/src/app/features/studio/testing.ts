import { CdkDragDrop, CdkDropList } from '@angular/cdk/drag-drop';
import { getDebugNode } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { onTestFinished } from 'vitest';

import { INSTRUCTOR, visit } from '@testing';
import { routes } from './studio.routes';

/** Code that is loaded on demand may take a while on a busy machine. */
const SLOW = { timeout: 10_000 };

/** Opens a page of the studio, as an instructor by default. */
export async function visitStudio(path: string, user = INSTRUCTOR) {
  Element.prototype.scrollIntoView = vi.fn(); // jsdom does not implement it.
  const visited = await visit([{ path: 'studio', children: routes }], `/studio${path}`, user);
  const { http, settle } = visited;

  /** Answers all GET requests for a URL, because a page and its layout may load the same one. */
  const answerAll = async (
    url: string,
    body: object,
    options: { status?: number; headers?: Record<string, string> } = {},
  ) => {
    const requests = await vi.waitFor(() => {
      TestBed.tick();
      const matches = http.match(sent => sent.method === 'GET' && sent.urlWithParams === url);
      if (matches.length === 0) throw new Error(`no GET request for ${url}`);
      return matches;
    });
    for (const request of requests)
      request.flush(body, { statusText: '', status: 200, ...options });
    await settle();
  };
  /** Chooses files in the page's file input. */
  const chooseFiles = async (...files: File[]) => {
    const fileInput = visited.find<HTMLInputElement>('input[type=file]');
    Object.defineProperty(fileInput, 'files', { value: files, configurable: true });
    fileInput.dispatchEvent(new Event('change'));
    await settle();
  };
  /** Waits for a navigation, which may load the page's code first. */
  const expectUrl = (path: string) => vi.waitFor(() => expect(visited.url()).toBe(path), SLOW);
  return { ...visited, answerAll, chooseFiles, expectUrl };
}

/** Waits for the dialog that shows conflicting changes. */
export async function findConflictDialog() {
  const container = await vi.waitFor(() => {
    TestBed.tick();
    const open = document.querySelector('mat-dialog-container');
    if (!open?.querySelector('button')) throw new Error('no conflict dialog');
    return open;
  }, SLOW);
  return {
    labels: () => [...container.querySelectorAll('legend')].map(legend => legend.textContent),
    texts: () => [...container.querySelectorAll('textarea')].map(({ value }) => value),
    press: (name: string) =>
      [...container.querySelectorAll('button')]
        .find(({ textContent }) => textContent?.includes(name))
        ?.click(),
  };
}

/** Emits the event of dragging an item of a list to another position. */
export function dropInList(list: HTMLElement, previousIndex: number, currentIndex: number): void {
  getDebugNode(list)
    ?.injector.get(CdkDropList)
    .dropped.emit({ previousIndex, currentIndex } as CdkDragDrop<unknown>);
}

/** Collects the files that the page saves, by name. */
export function savedFiles(): Map<string, Blob> {
  const saved = new Map<string, Blob>();
  let last = new Blob();
  Object.assign(URL, {
    createObjectURL: (content: Blob) => {
      last = content;
      return 'blob:';
    },
    revokeObjectURL: () => undefined,
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    if (this.download) saved.set(this.download, last);
    else this.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  return saved;
}
