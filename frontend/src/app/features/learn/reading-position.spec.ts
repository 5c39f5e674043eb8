import 'fake-indexeddb/auto';

import { SUMMARY, SUMMARY_URL, setUpLessonPage } from './testing';

const POSITION_KEY = 'lms.private.place.l2';

describe('the reading position', () => {
  const { snackbar, request, button, answerLesson, open, press } = setUpLessonPage();

  const scrollTo = vi.fn();
  beforeEach(() => {
    vi.stubGlobal('scrollTo', scrollTo);
    scrollTo.mockClear();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  /** Fakes the layout of the text: its height and scroll position. */
  function layOut(top: number, height: number): void {
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue({
      top,
      height,
      bottom: top + height,
    } as DOMRect);
  }

  const scroll = async () => {
    window.dispatchEvent(new Event('scroll'));
    await new Promise(resolve => setTimeout(resolve, 300));
  };

  it('is stored and restored', async () => {
    layOut(-2000, 5000);
    await open('l2');
    await scroll();
    expect(localStorage.getItem(POSITION_KEY)).toBe('0.4000');

    layOut(0, 5000);
    press('j');
    await answerLesson('l3');
    press('k');
    await answerLesson('l2');
    await vi.waitFor(() => expect(scrollTo).toHaveBeenCalledExactlyOnceWith({ top: 2000 }));
    expect(snackbar.showWithAction).toHaveBeenCalledOnce();
  });

  it('is the top after the lesson is completed', async () => {
    layOut(-2000, 5000);
    await open('l2');
    await scroll();
    expect(localStorage.getItem(POSITION_KEY)).not.toBeNull();

    button('Mark as completed').click();
    expect(localStorage.getItem(POSITION_KEY)).toBeNull();
    (await request('/api/progress/')).flush({});
    (await request(SUMMARY_URL)).flush(SUMMARY);
  });

  it('is the top on request', async () => {
    localStorage.setItem(POSITION_KEY, '0.5');
    layOut(0, 1000);
    snackbar.showWithAction.mockResolvedValueOnce(true);
    await open('l2');

    await vi.waitFor(() => expect(scrollTo.mock.lastCall).toEqual([{ top: 0 }]));
  });

  it('is removed at the end of the text', async () => {
    localStorage.setItem(POSITION_KEY, '0.5');
    layOut(-4500, 5000);
    await open('l2');
    await vi.waitFor(() => expect(snackbar.showWithAction).toHaveBeenCalled());
    await scroll();

    expect(localStorage.getItem(POSITION_KEY)).toBeNull();
  });
});
