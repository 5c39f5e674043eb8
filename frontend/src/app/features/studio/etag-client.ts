import { HttpClient, HttpResponse } from '@angular/common/http';
import { Injectable, Injector, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiError } from '@core/errors/api-error';
import type { FieldConflict } from './conflict-dialog';

/** A document as it was read, and the ETag of that revision. */
export interface Versioned<Value> {
  readonly value: Value;
  readonly etag: string;
}

/** The labels of a document's fields, and their values as readable text. */
export type FieldLabels<Value> = Partial<
  Record<keyof Value, readonly [label: string, text: string]>
>;

/** Reads and updates documents with ETags, so that nobody overwrites changes of someone else. */
@Injectable({ providedIn: 'root' })
export class EtagClient {
  private readonly http = inject(HttpClient);
  private readonly injector = inject(Injector);

  async read<Value>(url: string): Promise<Versioned<Value>> {
    return toVersioned(await firstValueFrom(this.http.get<Value>(url, { observe: 'response' })));
  }

  /**
   * Sends the fields whose new values differ from `base`. If someone else has changed the same fields,
   * shows both versions and asks which one to keep.
   *
   * @returns null if the user keeps the saved version
   * @throws ApiError: the server rejected the changes
   */
  async save<Value extends object>(
    url: string,
    values: Partial<Value>,
    base: Versioned<Value>,
    labelFields: (value: Value) => FieldLabels<Value>,
  ): Promise<Versioned<Value> | null> {
    const body = changedFields(values, base.value);
    try {
      return await this.patch<Value>(url, body, base.etag);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412)) throw error;
    }
    const latest = await this.read<Value>(url);
    const conflicts = findConflicts(body, base.value, latest.value, labelFields);
    const confirmed = conflicts.length === 0 || (await this.confirmReplacing(conflicts));
    return confirmed ? this.save(url, { ...latest.value, ...body }, latest, labelFields) : null;
  }

  private async confirmReplacing(conflicts: readonly FieldConflict[]): Promise<boolean> {
    const [{ MatDialog }, { ConflictDialog }] = await Promise.all([
      import('@angular/material/dialog'),
      import('./conflict-dialog'),
    ]);
    const dialog = this.injector
      .get(MatDialog)
      .open<unknown, readonly FieldConflict[], boolean>(ConflictDialog, {
        data: conflicts,
        maxWidth: 'min(56rem, 96vw)',
      });
    return (await firstValueFrom(dialog.afterClosed())) === true;
  }

  private async patch<Value>(
    url: string,
    body: Partial<Value>,
    etag: string,
  ): Promise<Versioned<Value>> {
    const headers = { 'If-Match': etag };
    return toVersioned(
      await firstValueFrom(this.http.patch<Value>(url, body, { headers, observe: 'response' })),
    );
  }
}

function toVersioned<Value>(response: HttpResponse<Value>): Versioned<Value> {
  return { value: response.body as Value, etag: response.headers.get('ETag') ?? '' };
}

function changedFields<Value extends object>(values: Partial<Value>, base: Value): Partial<Value> {
  const names = Object.keys(values) as (keyof Value)[];
  const changed = names.filter(name => values[name] !== base[name]);
  return Object.fromEntries(changed.map(name => [name, values[name]])) as Partial<Value>;
}

function findConflicts<Value extends object>(
  mine: Partial<Value>,
  base: Value,
  theirs: Value,
  labelFields: (value: Value) => FieldLabels<Value>,
): readonly FieldConflict[] {
  const labels = { mine: labelFields({ ...base, ...mine }), theirs: labelFields(theirs) };
  return (Object.keys(mine) as (keyof Value)[])
    .filter(name => base[name] !== theirs[name] && mine[name] !== theirs[name])
    .map(name => {
      const [label, text] = labels.mine[name] ?? [String(name), String(mine[name])];
      return { label, mine: text, theirs: labels.theirs[name]?.[1] ?? String(theirs[name]) };
    });
}
