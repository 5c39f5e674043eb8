/** What browsers have and jsdom lacks; nothing is ever seen there. */
class NothingIsSeen implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
  takeRecords = () => [];
}

globalThis.IntersectionObserver = NothingIsSeen;
