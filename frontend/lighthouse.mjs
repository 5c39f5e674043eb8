// Fails where Lighthouse finds fault with a public page: make web-lighthouse (runs=5 for performance's median)
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import desktop from 'lighthouse/core/config/desktop-config.js';
import { execFileSync, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import FLAGS from './chromium-flags.json' with { type: 'json' };

const RUNS = Number(process.argv[2] ?? 1);
const ROOT = resolve(import.meta.dirname, '..');
const PYTHON = join(ROOT, '.venv/bin/python');
const FREE_PORT =
  'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])';
const READY_SECONDS = 300;
const GATES = ['accessibility', 'best-practices', 'seo'];
const MOST_SHIFT = 0.02;
const MOST_TRIES = 3;
const DEVICES = { phone: undefined, desktop };

const data = await mkdtemp(join(tmpdir(), 'lms-lighthouse-'));
const port = execFileSync(PYTHON, ['-c', FREE_PORT], { encoding: 'utf8' }).trim();
const address = `http://127.0.0.1:${port}`;
const log = openSync('lighthouse.log', 'w');
const product = spawn(PYTHON, ['-m', 'lms.serving.launch'], {
  cwd: ROOT,
  stdio: ['ignore', log, log],
  env: {
    ...process.env,
    PORT: port,
    PUBLIC_URL: address,
    LMS_DATA_DIR: data,
    LMS_DEMO_PASSWORD: 'demo for the browser',
    LMS_RATE_LIMITS: 'off',
    MONGODB_URI: '',
    REDIS_URL: '',
  },
});
const gone = new Promise(done => product.once('exit', done));
let faults = 0;
try {
  await ready();
  for (const path of await pages()) {
    for (const device of Object.keys(DEVICES)) await judge(path, device);
  }
} finally {
  product.kill('SIGINT');
  await gone;
  await rm(data, { recursive: true, force: true });
}
process.exit(faults > 0 ? 1 : 0);

async function ready() {
  for (let second = 0; second < READY_SECONDS; second++) {
    if ((await fetch(`${address}/health/ready`).catch(() => null))?.ok) return;
    await wait(1000);
  }
  throw new Error('The product did not start: see frontend/lighthouse.log.');
}

async function pages() {
  const { results } = await (await fetch(`${address}/api/courses/?page_size=1`)).json();
  return ['/', '/es/', '/courses', `/courses/${results[0].id}`, '/login'];
}

async function judge(path, device) {
  const runs = [];
  for (let run = 0; run < RUNS; run++) runs.push(await audit(path, device));
  const performance = median(runs.map(({ categories }) => score(categories.performance)));
  const paint = median(runs.map(({ audits }) => audits['largest-contentful-paint'].numericValue));
  const shift = Math.max(
    ...runs.map(({ audits }) => audits['cumulative-layout-shift'].numericValue),
  );
  const scores = GATES.map(gate => Math.min(...runs.map(run => score(run.categories[gate]))));
  const isGood = scores.every(one => one === 100) && shift <= MOST_SHIFT;
  console.log(
    `${isGood ? 'good' : 'POOR'}  ${path} on a ${device}: ${scores.join('/')}, ` +
      `shift ${shift.toFixed(3)}, performance ${performance}, largest paint ${(paint / 1000).toFixed(1)} s`,
  );
  if (isGood) return;
  faults++;
  for (const line of new Set(runs.flatMap(complaints))) console.log(`      ${line}`);
}

/** On a busy machine a browser may begin too late to be traced, and has to begin again. */
async function audit(path, device) {
  for (let tries = 1; ; tries++) {
    const result = await tryToAudit(path, device);
    if (!result.runtimeError) return result;
    if (tries === MOST_TRIES) throw new Error(result.runtimeError.message);
  }
}

/** In a browser of its own, for the last one's cache would help. */
async function tryToAudit(path, device) {
  const browser = await launch({
    chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    chromeFlags: FLAGS,
  });
  try {
    const options = { port: browser.port, logLevel: 'error' };
    return (await lighthouse(address + path, options, DEVICES[device])).lhr;
  } finally {
    browser.kill();
  }
}

function complaints({ categories, audits }) {
  return GATES.flatMap(gate => categories[gate].auditRefs)
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
    .map(({ id }) => {
      const elements = audits[id].details?.items?.map(
        item => item.node?.snippet ?? item.description,
      );
      return [`${id}: ${audits[id].title}`, ...(elements ?? [])].join('\n        ');
    });
}

function score(category) {
  return Math.round(category.score * 100);
}

function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}
