import { defineConfig, devices } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import CHROMIUM_FLAGS from '../chromium-flags.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const PYTHON = join(ROOT, '.venv/bin/python');
const FREE_PORT =
  'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])';
// The headless shell, which is Playwright's default, needs a third less processor time than Chromium.
const BROWSERS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

// Workers load this file again and must get the same values.
process.env['E2E_PORT'] ??= execFileSync(PYTHON, ['-c', FREE_PORT], { encoding: 'utf8' }).trim();
process.env['E2E_DATA'] ??= mkdtempSync(join(tmpdir(), 'lms-e2e-'));
process.env['E2E_PASSWORD'] ??= 'demo for the browser';
const PORT = process.env['E2E_PORT'];
const ADDRESS = `http://127.0.0.1:${PORT}`;

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  globalTeardown: './teardown.ts',
  workers: 2,
  fullyParallel: true,
  forbidOnly: !!process.env['CI'],
  reporter: [['list']],
  // A busy machine stays below these limits; a test that passes does not wait for them.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  use: {
    baseURL: ADDRESS,
    trace: process.env['CI'] ? 'off' : 'retain-on-failure', // traces take a sixth of the time
    screenshot: 'only-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
    serviceWorkers: 'block', // It would fetch the whole app; the offline tests allow it.
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? BROWSERS.find(existsSync),
      args: CHROMIUM_FLAGS,
    },
  },
  projects: [
    { name: 'desktop', use: { ...devices['Desktop Chrome'] } },
    { name: 'phone', use: { ...devices['Pixel 7'] } },
    {
      name: 'tablet',
      testMatch: 'pages.spec.ts',
      use: { ...devices['Desktop Chrome'], viewport: { width: 820, height: 1180 } },
    },
  ],
  // The real product with its own data folder and the demo data.
  webServer: {
    command: `exec ${PYTHON} -m lms.serving.launch > frontend/e2e.log 2>&1`,
    cwd: ROOT,
    url: `${ADDRESS}/health/ready`,
    timeout: 300_000,
    gracefulShutdown: { signal: 'SIGINT', timeout: 20_000 },
    env: {
      ...(process.env as Record<string, string>),
      PORT,
      PUBLIC_URL: ADDRESS,
      LMS_DATA_DIR: process.env['E2E_DATA'],
      LMS_DEMO_PASSWORD: process.env['E2E_PASSWORD'],
      LMS_RATE_LIMITS: 'off',
      MONGODB_URI: '',
      REDIS_URL: '',
    },
  },
});
