import { HttpClient, HttpResponse } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiError } from '@core/errors/api-error';
import { Confirm } from '@shared/confirm';

/** A thing as it was read, and the tag under which the server knows that version of it. */
export interface Versioned<Value> {
  readonly value: Value;
  readonly etag: string;
}

/** Reads and changes things so that nobody overwrites what another has changed meanwhile. */
@Injectable({ providedIn: 'root' })
export class Versions {
  private readonly http = inject(HttpClient);
  private readonly confirm = inject(Confirm);

  async read<Value>(url: string): Promise<Versioned<Value>> {
    return versioned(await firstValueFrom(this.http.get<Value>(url, { observe: 'response' })));
  }

  /**
   * Changes what `body` names. Where somebody has changed the thing since it was read, asks whether to
   * do it all the same; resolves to null where it is then left as it is.
   *
   * @throws ApiError: the server refused it
   */
  async save<Value extends object>(
    url: string,
    body: Partial<Value>,
    read: Versioned<Value>,
  ): Promise<Versioned<Value> | null> {
    try {
      return await this.patch<Value>(url, body, read.etag);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412)) throw error;
    }
    const theirs = await this.read<Value>(url);
    const agreed = await this.confirm.ask({
      title: $localize`Somebody changed this meanwhile`,
      text: whatTheyChanged(body, read.value, theirs.value),
      action: $localize`Save mine all the same`,
      isGrave: true,
    });
    return agreed ? this.save(url, body, theirs) : null;
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

const SHOWN_CHARACTERS = 200;

function whatTheyChanged<Value extends object>(
  mine: Partial<Value>,
  before: Value,
  theirs: Value,
): string {
  const changed = (Object.keys(mine) as (keyof Value)[])
    .filter(name => String(before[name]) !== String(theirs[name]))
    .map(name => `${String(name)}: “${String(theirs[name]).slice(0, SHOWN_CHARACTERS)}”`);
  return changed.length > 0
    ? $localize`Now it says ${changed.join('; ')}:changes:. Saving yours replaces that.`
    : $localize`What they changed is not what you are changing.`;
}
