// Makes the icons that devices want as pictures out of public/icon.svg: make web-icons
import { chromium } from '@playwright/test';
import { readFile } from 'node:fs/promises';

const svg = await readFile('public/icon.svg', 'utf8');
// Devices cut a maskable icon to their own shape: no corners, and the drawing well inside.
const maskable = svg
  .replace(' rx="7"', '')
  .replace('<path ', '<path transform="translate(4.8 5.6) scale(.7)" ');
const icons = [
  ['icon-192.png', svg, 192],
  ['icon-512.png', svg, 512],
  ['icon-maskable.png', maskable, 512],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const [name, drawing, size] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawing}`);
  await page.screenshot({ path: `public/${name}`, omitBackground: true });
}
await browser.close();
