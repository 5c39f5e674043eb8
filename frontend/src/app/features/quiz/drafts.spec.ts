import { TestBed } from '@angular/core/testing';

import { Draft, Drafts, Place } from './drafts';

const HERE: Place = { user: 'ada', quiz: 'q1', attempt: 1 };
const DRAFT: Draft = { answers: { a: { text: '5' }, b: { choices: ['x'] } }, marked: ['b'] };

describe('Drafts', () => {
  let drafts: Drafts;
  const keys = () => Object.keys(localStorage).sort();

  beforeEach(() => {
    localStorage.clear();
    drafts = TestBed.inject(Drafts);
  });

  it('keeps one for each person, quiz and attempt', () => {
    expect(drafts.write(HERE, DRAFT)).toBe(true);

    expect(drafts.read(HERE)).toEqual(DRAFT);
    expect(drafts.read({ ...HERE, attempt: 2 })).toBeNull();
    expect(drafts.read({ ...HERE, quiz: 'q2' })).toBeNull();
    expect(drafts.read({ ...HERE, user: 'bob' })).toBeNull();
  });

  it('keeps it where signing out removes it', () => {
    drafts.write(HERE, DRAFT);

    expect(keys()).toEqual(['lms.private.quiz.ada.q1.1']);
  });

  it('forgets one', () => {
    drafts.write(HERE, DRAFT);
    drafts.forget(HERE);

    expect(drafts.read(HERE)).toBeNull();
  });

  it('drops those of attempts that are over, and no others', () => {
    const others = [
      { ...HERE, attempt: 2 },
      { ...HERE, quiz: 'q2' },
      { ...HERE, user: 'bob' },
    ];
    for (const place of [HERE, ...others]) drafts.write(place, DRAFT);
    drafts.forgetAllBut(2, HERE);

    expect(drafts.read(HERE)).toBeNull();
    expect(others.map(place => drafts.read(place))).toEqual([DRAFT, DRAFT, DRAFT]);

    drafts.forgetAllBut(null, HERE);
    expect(drafts.read({ ...HERE, attempt: 2 })).toBeNull();
  });

  it.each(['', '{', 'null', '7', '"text"'])('reads nothing out of %s', text => {
    localStorage.setItem('lms.private.quiz.ada.q1.1', text);

    expect(drafts.read(HERE)?.answers ?? {}).toEqual({});
  });

  it('leaves out what is no answer', () => {
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

    expect(drafts.read(HERE)).toEqual({ answers: { f: { text: '' } }, marked: ['a'] });
    localStorage.setItem('lms.private.quiz.ada.q1.1', JSON.stringify({ marked: 'a' }));
    expect(drafts.read(HERE)).toEqual({ answers: {}, marked: [] });
  });

  it('says that the device cannot keep it, and fails at nothing else', () => {
    const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(drafts.write(HERE, DRAFT)).toBe(false);
    full.mockRestore();

    const forbidden = vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
      throw new DOMException('forbidden', 'SecurityError');
    });
    expect(drafts.write(HERE, DRAFT)).toBe(false);
    expect(drafts.read(HERE)).toBeNull();
    drafts.forget(HERE);
    drafts.forgetAllBut(1, HERE);
    forbidden.mockRestore();
  });

  it('hears what another tab writes, until it is told to stop', () => {
    const hear = vi.fn();
    const key = 'lms.private.quiz.ada.q1.1';
    const tell = (key: string | null, newValue: string | null) =>
      window.dispatchEvent(new StorageEvent('storage', { key, newValue }));
    const stop = drafts.watch(HERE, hear);

    tell('lms.private.quiz.ada.q1.2', JSON.stringify(DRAFT));
    expect(hear).not.toHaveBeenCalled();
    tell(key, JSON.stringify(DRAFT));
    expect(hear).toHaveBeenLastCalledWith(DRAFT);
    tell(key, null);
    expect(hear).toHaveBeenLastCalledWith(null);
    tell(null, null); // all was cleared
    expect(hear).toHaveBeenCalledTimes(3);

    stop();
    tell(key, null);
    expect(hear).toHaveBeenCalledTimes(3);
  });
});
