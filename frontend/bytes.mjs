// Fails where the built app makes browsers load more than was agreed: make web-build
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const BUILT = 'dist/web';
const FOLDERS = ['browser', 'browser/es']; // one a language
const MOST = { first: 480, firstBrotli: 120, page: 30, pageAndShared: 45 }; // kB
const SHOWN = 3;
// What edits has a weight of its own.
const APART = /\/studio\/.*-editor\.ts$/;

const { outputs } = JSON.parse(readFileSync(`${BUILT}/browser-stats.json`, 'utf8'));
const files = Object.keys(outputs);
const sourceOf = name => outputs[name].entryPoint ?? '';
const importedBy = (name, kind) =>
  outputs[name].imports.filter(one => one.kind === kind && outputs[one.path]).map(one => one.path);

const main = files.find(name => sourceOf(name) === 'src/main.ts');
const always = files.filter(name => /^(polyfills|styles)-/.test(name));
const first = new Set([...loadedWith(main), ...always]);
const pages = files
  .filter(name => routesTo(name).length > 0 && !APART.test(sourceOf(name)))
  .map(name => ({ name: sourceOf(name), files: addedBy(name) }));
// What several pages are made of is loaded for the first of them alone.
const ofOne = pages.map(({ name, files }) => ({
  name,
  files: files.filter(file => pages.filter(page => page.files.includes(file)).length === 1),
}));

let isTooMuch = false;
hold('the first load', kilobytes(first, raw), MOST.first);
hold('the first load, brotli', kilobytes(first, brotli), MOST.firstBrotli);
for (const [what, most, list] of [
  ['', MOST.page, ofOne],
  [' with what it shares', MOST.pageAndShared, pages],
]) {
  list
    .map(({ name, files }) => ({ name, size: kilobytes(files, brotli) }))
    .sort((one, other) => other.size - one.size)
    .slice(0, SHOWN)
    .forEach(({ name, size }) => hold(`${name}${what}, brotli`, size, most));
}
process.exit(isTooMuch ? 1 : 0);

/** A file, and all that it needs at once. */
function loadedWith(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const other of importedBy(name, 'import-statement')) loadedWith(other, found);
  return found;
}

/** The tables of routes that lead to a file. */
function routesTo(name) {
  return files.filter(
    one =>
      importedBy(one, 'dynamic-import').includes(name) &&
      (one === main ? /^src\/app\/(features|shell)\//.test(sourceOf(name)) : isRoutes(one)),
  );
}

function isRoutes(name) {
  return sourceOf(name).endsWith('.routes.ts');
}

/** What a page adds to the first load, with the tables of routes on the way to it. */
function addedBy(name) {
  const needed = [name, ...routesTo(name)].flatMap(one => [...loadedWith(one)]);
  return [...new Set(needed)].filter(one => !first.has(one));
}

/** In the language where they are largest. */
function kilobytes(names, sizeOf) {
  const sums = FOLDERS.map(folder =>
    [...names].reduce((sum, name) => sum + sizeOf(readFileSync(`${BUILT}/${folder}/${name}`)), 0),
  );
  return Math.max(...sums) / 1000;
}

function raw(content) {
  return content.length;
}

function brotli(content) {
  return brotliCompressSync(content).length;
}

function hold(what, size, most) {
  isTooMuch ||= size > most;
  console.log(
    `${size.toFixed(1).padStart(6)} of ${most} kB: ${what}${size > most ? ' TOO MUCH' : ''}`,
  );
}
