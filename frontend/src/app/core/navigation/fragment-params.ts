import { Location } from '@angular/common';
import { Injectable, inject } from '@angular/core';
import { ActivatedRoute } from '@angular/router';

/** Emailed links carry their tokens in the fragment, which is never sent to a server. */
@Injectable({ providedIn: 'root' })
export class FragmentParams {
  private readonly location = inject(Location);

  /** Returns the parameters of the fragment and removes it from the URL and the history. */
  take(route: ActivatedRoute): URLSearchParams {
    const fragment = route.snapshot.fragment ?? '';
    if (fragment) this.location.replaceState(this.location.path());
    return new URLSearchParams(fragment);
  }
}
