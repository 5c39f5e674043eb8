import { WritableSignal } from '@angular/core';

/**
 * Moves an item of a list and saves the new order. The list shows it at once, and gets its old order
 * back if saving fails.
 */
export async function reorder<Item>(
  list: WritableSignal<readonly Item[]>,
  { from, to }: { readonly from: number; readonly to: number },
  save: (items: readonly Item[]) => Promise<unknown>,
): Promise<void> {
  const before = list();
  const others = before.filter((_, index) => index !== from);
  const items = [...others.slice(0, to), ...before.slice(from, from + 1), ...others.slice(to)];
  list.set(items);
  try {
    await save(items);
  } catch (error) {
    list.set(before);
    throw error;
  }
}
