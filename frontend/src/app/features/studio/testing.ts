import { TestBed } from '@angular/core/testing';
import { onTestFinished } from 'vitest';

import { INSTRUCTOR, visit } from '@testing';
import { routes } from './studio.routes';

/** Opens a page of the studio for who teaches, or for that person. */
export async function visitStudio(path: string, user = INSTRUCTOR) {
  Element.prototype.scrollIntoView = vi.fn(); // jsdom has none
  const visited = await visit([{ path: 'studio', children: routes }], `/studio${path}`, user);
  const { http, settle } = visited;

  /** Answers everybody who reads that: a page and its frame may both. */
  const answerAll = async (
    address: string,
    body: object,
    options: { status?: number; headers?: Record<string, string> } = {},
  ) => {
    const sent = await vi.waitFor(() => {
      TestBed.tick();
      const found = http.match(one => one.method === 'GET' && one.urlWithParams === address);
      if (found.length === 0) throw new Error(`nobody reads ${address}`);
      return found;
    });
    for (const one of sent) one.flush(body, { statusText: '', status: 200, ...options });
    await settle();
  };
  /** Has a file chosen in the page's box for one. */
  const choose = async (...files: File[]) => {
    const box = visited.find<HTMLInputElement>('input[type=file]');
    Object.defineProperty(box, 'files', { value: files, configurable: true });
    box.dispatchEvent(new Event('change'));
    await settle();
  };
  return { ...visited, answerAll, choose };
}

/** Catches what the page has the browser save, by its name. */
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
