import { HttpClient, HttpResponse } from '@angular/common/http';
import { Injectable, Injector, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiError } from '@core/errors/api-error';
import type { Difference } from './conflict-dialog';

/** A thing as it was read, and the tag under which the server knows that version of it. */
export interface Versioned<Value> {
  readonly value: Value;
  readonly etag: string;
}

/** What people call a thing's fields, and how they read what is in them. */
export type FieldLabels<Value> = Partial<
  Record<keyof Value, readonly [name: string, text: string]>
>;

/** Reads and changes things so that nobody overwrites what another has changed meanwhile. */
@Injectable({ providedIn: 'root' })
export class Versions {
  private readonly http = inject(HttpClient);
  private readonly injector = inject(Injector);

  async read<Value>(url: string): Promise<Versioned<Value>> {
    return versioned(await firstValueFrom(this.http.get<Value>(url, { observe: 'response' })));
  }

  /**
   * Changes what `wanted` has otherwise than it was read. Where somebody has changed the same fields
   * meanwhile, shows both texts and asks; resolves to null where theirs is then left as it is.
   *
   * @throws ApiError: the server refused it
   */
  async save<Value extends object>(
    url: string,
    wanted: Partial<Value>,
    read: Versioned<Value>,
    describe: (value: Value) => FieldLabels<Value>,
  ): Promise<Versioned<Value> | null> {
    const body = changes(wanted, read.value);
    try {
      return await this.patch<Value>(url, body, read.etag);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412)) throw error;
    }
    const theirs = await this.read<Value>(url);
    const differences = differencesOf(body, read.value, theirs.value, describe);
    const agreed = differences.length === 0 || (await this.ask(differences));
    return agreed ? this.save(url, { ...theirs.value, ...body }, theirs, describe) : null;
  }

  private async ask(differences: readonly Difference[]): Promise<boolean> {
    const [{ MatDialog }, { ConflictDialog }] = await Promise.all([
      import('@angular/material/dialog'),
      import('./conflict-dialog'),
    ]);
    const dialog = this.injector
      .get(MatDialog)
      .open<unknown, readonly Difference[], boolean>(ConflictDialog, {
        data: differences,
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
    return versioned(
      await firstValueFrom(this.http.patch<Value>(url, body, { headers, observe: 'response' })),
    );
  }
}

function versioned<Value>(answer: HttpResponse<Value>): Versioned<Value> {
  return { value: answer.body as Value, etag: answer.headers.get('ETag') ?? '' };
}

function changes<Value extends object>(wanted: Partial<Value>, from: Value): Partial<Value> {
  const names = Object.keys(wanted) as (keyof Value)[];
  const changed = names.filter(name => wanted[name] !== from[name]);
  return Object.fromEntries(changed.map(name => [name, wanted[name]])) as Partial<Value>;
}

function differencesOf<Value extends object>(
  mine: Partial<Value>,
  before: Value,
  theirs: Value,
  describe: (value: Value) => FieldLabels<Value>,
): readonly Difference[] {
  const described = { mine: describe({ ...before, ...mine }), theirs: describe(theirs) };
  return (Object.keys(mine) as (keyof Value)[])
    .filter(name => before[name] !== theirs[name] && mine[name] !== theirs[name])
    .map(name => {
      const [label, text] = described.mine[name] ?? [String(name), String(mine[name])];
      return { label, mine: text, theirs: described.theirs[name]?.[1] ?? String(theirs[name]) };
    });
}
