import { toCsv } from './csv';

describe('toCsv', () => {
  /** Includes the byte order mark, which `text()` would drop. */
  const csvOf = async (rows: (string | number | null)[][]) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(await toCsv(rows).arrayBuffer());

  it('writes rows of cells with a byte order mark', async () => {
    expect(
      await csvOf([
        ['Name', 'Grade'],
        ['Zoë', 86.5],
        ['Ada', null],
      ]),
    ).toBe('\ufeffName,Grade\r\nZoë,86.5\r\nAda,\r\n');
  });

  it('quotes cells with special characters', async () => {
    expect(await csvOf([['a,b', 'say "no"', 'two\nlines', 'one\rtwo']])).toBe(
      '\ufeff"a,b","say ""no""","two\nlines","one\rtwo"\r\n',
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ])('escapes the formula %j', async (cell, expected) => {
    expect(await csvOf([[cell]])).toBe(`\ufeff${expected}\r\n`);
  });

  it('does not escape negative numbers', async () => {
    expect(await csvOf([[-1.5]])).toBe('\ufeff-1.5\r\n');
  });
});
