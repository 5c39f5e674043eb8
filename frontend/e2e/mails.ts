import { expect } from '@playwright/test';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Waits for an email to the address and returns its newest link with this path. */
export async function linkMailedTo(address: string, path: string): Promise<string> {
  let link = '';
  const find = async () => (link = (await linksMailedTo(address, path)).at(-1) ?? '');
  await expect.poll(find, { message: `mail to ${address}`, timeout: 30_000 }).not.toBe('');
  return link;
}

/** Without a mail server each email is a file in the data folder, named by its time. */
async function linksMailedTo(address: string, path: string): Promise<string[]> {
  const folder = join(process.env['E2E_DATA'] ?? '', 'mail');
  const names = await readdir(folder).catch(() => []);
  const sent = names.filter(name => name.endsWith('.eml')).sort();
  const mails = await Promise.all(sent.map(name => readFile(join(folder, name), 'utf8')));
  return mails
    .filter(mail => new RegExp(`^To: .*${address}`, 'm').test(mail))
    .map(readable)
    .flatMap(mail => mail.match(/https?:\/\/[^\s"<>]+/g) ?? [])
    .map(link => link.replaceAll('&amp;', '&'))
    .filter(link => new URL(link).pathname === path);
}

function readable(mail: string): string {
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(mail)) return mail;
  return mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
