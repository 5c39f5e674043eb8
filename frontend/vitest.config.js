/** What Angular's builder leaves to the runner. */
export default {
  test: {
    // The cache knows a spec by its own text and not by what it tests: changed code would not be run.
    fsModuleCache: false,
  },
};
