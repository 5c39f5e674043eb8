type Value = string | number | boolean;

/** The parameters that say something: not those that are undefined or empty. */
export function definedParams(
  wanted: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  const said = Object.entries(wanted).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(said) as Record<string, Value>;
}
