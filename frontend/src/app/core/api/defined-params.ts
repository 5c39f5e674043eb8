type Value = string | number | boolean;

/** Returns the parameters that are neither undefined nor empty. */
export function definedParams(
  params: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  const defined = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(defined) as Record<string, Value>;
}
