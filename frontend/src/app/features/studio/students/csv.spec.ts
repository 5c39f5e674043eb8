import { asCsv } from './csv';

describe('asCsv', () => {
  /** With the mark of UTF-8, which reading as text would take away. */
  const written = async (rows: (string | number | null)[][]) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(await asCsv(rows).arrayBuffer());

  it('writes rows of cells, for spreadsheets that must be told of UTF-8', async () => {
    expect(
      await written([
        ['Name', 'Grade'],
        ['Zoë', 86.5],
        ['Ada', null],
      ]),
    ).toBe('\ufeffName,Grade\r\nZoë,86.5\r\nAda,\r\n');
  });

  it('quotes what would end a cell', async () => {
    expect(await written([['a,b', 'say "no"', 'two\nlines', 'one\rtwo']])).toBe(
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
  ])('lets %j run nothing', async (cell, expected) => {
    expect(await written([[cell]])).toBe(`\ufeff${expected}\r\n`);
  });

  it('leaves numbers below zero what they are', async () => {
    expect(await written([[-1.5]])).toBe('\ufeff-1.5\r\n');
  });
});
