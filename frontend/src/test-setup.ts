/** jsdom has no IntersectionObserver; this one never reports anything as visible. */
class InertIntersectionObserver implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
  takeRecords = () => [];
}

globalThis.IntersectionObserver = InertIntersectionObserver;
