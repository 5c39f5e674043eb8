import { devices } from '@playwright/test';

import tests from './playwright.config';

/** Takes the README's screenshots from the product and its demo. */
export default {
  ...tests,
  testMatch: 'pictures.ts',
  projects: [
    {
      name: 'desktop',
      use: { ...devices['Desktop Chrome'], viewport: { width: 1200, height: 750 } },
    },
  ],
};
