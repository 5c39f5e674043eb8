const FORMULA = /^[=+\-@\t\r]/;

/**
 * Returns a table as CSV (RFC 4180), with a byte order mark so that spreadsheets detect UTF-8. Text that
 * looks like a formula is prefixed with an apostrophe, so that a spreadsheet does not execute it.
 */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): Blob {
  const lines = rows.map(row => row.map(formatCell).join(','));
  return new Blob(['\ufeff' + lines.join('\r\n') + '\r\n'], { type: 'text/csv;charset=utf-8' });
}

function formatCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
