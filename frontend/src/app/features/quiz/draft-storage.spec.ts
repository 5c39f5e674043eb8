import { TestBed } from '@angular/core/testing';

import { Draft } from './draft';
import { AttemptKey, DraftStorage } from './draft-storage';

const ATTEMPT: AttemptKey = { user: 'ada', quiz: 'q1', attempt: 1 };
const DRAFT: Draft = { answers: { a: { text: '5' }, b: { choices: ['x'] } }, flagged: ['b'] };

const STORED = JSON.stringify({ answers: DRAFT.answers, marked: DRAFT.flagged });

describe('DraftStorage', () => {
  let drafts: DraftStorage;
  const keys = () => Object.keys(localStorage).sort();

  beforeEach(() => {
    localStorage.clear();
    drafts = TestBed.inject(DraftStorage);
  });

  it('stores a draft for each user, quiz and attempt', () => {
    expect(drafts.write(ATTEMPT, DRAFT)).toBe(true);

    expect(drafts.read(ATTEMPT)).toEqual(DRAFT);
    expect(drafts.read({ ...ATTEMPT, attempt: 2 })).toBeNull();
    expect(drafts.read({ ...ATTEMPT, quiz: 'q2' })).toBeNull();
    expect(drafts.read({ ...ATTEMPT, user: 'bob' })).toBeNull();
  });

  it('stores drafts under the prefix that signing out removes', () => {
    drafts.write(ATTEMPT, DRAFT);

    expect(keys()).toEqual(['lms.private.quiz.ada.q1.1']);
    expect(localStorage.getItem('lms.private.quiz.ada.q1.1')).toBe(STORED);
  });

  it('removes a draft', () => {
    drafts.write(ATTEMPT, DRAFT);
    drafts.remove(ATTEMPT);

    expect(drafts.read(ATTEMPT)).toBeNull();
  });

  it('removes the drafts of finished attempts only', () => {
    const others = [
      { ...ATTEMPT, attempt: 2 },
      { ...ATTEMPT, quiz: 'q2' },
      { ...ATTEMPT, user: 'bob' },
    ];
    for (const attempt of [ATTEMPT, ...others]) drafts.write(attempt, DRAFT);
    drafts.removeAllExcept(2, ATTEMPT);

    expect(drafts.read(ATTEMPT)).toBeNull();
    expect(others.map(attempt => drafts.read(attempt))).toEqual([DRAFT, DRAFT, DRAFT]);

    drafts.removeAllExcept(null, ATTEMPT);
    expect(drafts.read({ ...ATTEMPT, attempt: 2 })).toBeNull();
  });

  it.each(['', '{', 'null', '7', '"text"'])('reads no answers from %s', text => {
    localStorage.setItem('lms.private.quiz.ada.q1.1', text);

    expect(drafts.read(ATTEMPT)?.answers ?? {}).toEqual({});
  });

  it('drops invalid answers', () => {
    const answers = {
      a: { text: 5 },
      b: null,
      c: { choices: [1] },
      d: 'x',
      e: {},
      f: { text: '' },
    };
    localStorage.setItem(
      'lms.private.quiz.ada.q1.1',
      JSON.stringify({ answers, marked: ['a', 7] }),
    );

    expect(drafts.read(ATTEMPT)).toEqual({ answers: { f: { text: '' } }, flagged: ['a'] });
    localStorage.setItem('lms.private.quiz.ada.q1.1', JSON.stringify({ marked: 'a' }));
    expect(drafts.read(ATTEMPT)).toEqual({ answers: {}, flagged: [] });
  });

  it('reports that the device cannot save a draft, and never throws', () => {
    const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(drafts.write(ATTEMPT, DRAFT)).toBe(false);
    full.mockRestore();

    const forbidden = vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
      throw new DOMException('forbidden', 'SecurityError');
    });
    expect(drafts.write(ATTEMPT, DRAFT)).toBe(false);
    expect(drafts.read(ATTEMPT)).toBeNull();
    drafts.remove(ATTEMPT);
    drafts.removeAllExcept(1, ATTEMPT);
    forbidden.mockRestore();
  });

  it('reports changes from another tab until watching is stopped', () => {
    const onChange = vi.fn();
    const key = 'lms.private.quiz.ada.q1.1';
    const dispatch = (key: string | null, newValue: string | null) =>
      window.dispatchEvent(new StorageEvent('storage', { key, newValue }));
    const stopWatching = drafts.watch(ATTEMPT, onChange);

    dispatch('lms.private.quiz.ada.q1.2', STORED);
    expect(onChange).not.toHaveBeenCalled();
    dispatch(key, STORED);
    expect(onChange).toHaveBeenLastCalledWith(DRAFT);
    dispatch(key, null);
    expect(onChange).toHaveBeenLastCalledWith(null);
    dispatch(null, null); // The whole storage was cleared.
    expect(onChange).toHaveBeenCalledTimes(3);

    stopWatching();
    dispatch(key, null);
    expect(onChange).toHaveBeenCalledTimes(3);
  });
});
