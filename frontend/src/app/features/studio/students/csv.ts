const FORMULA = /^[=+\-@\t\r]/;

/**
 * A table as CSV (RFC 4180), with the mark by which spreadsheets know UTF-8. What begins like a formula
 * is quoted with an apostrophe, so that opening somebody's name runs nothing.
 */
export function asCsv(rows: readonly (readonly (string | number | null)[])[]): Blob {
  const lines = rows.map(row => row.map(cell).join(','));
  return new Blob(['\ufeff' + lines.join('\r\n') + '\r\n'], { type: 'text/csv;charset=utf-8' });
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
