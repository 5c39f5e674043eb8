import { Location } from '@angular/common';
import { Injectable, inject } from '@angular/core';
import { ActivatedRoute } from '@angular/router';

/** Keys from mails come in the fragment, which no server sees. */
@Injectable({ providedIn: 'root' })
export class FragmentParams {
  private readonly location = inject(Location);

  /** Returns what the fragment holds, and removes it from the address and the history. */
  take(route: ActivatedRoute): URLSearchParams {
    const fragment = route.snapshot.fragment ?? '';
    if (fragment) this.location.replaceState(this.location.path());
    return new URLSearchParams(fragment);
  }
}
