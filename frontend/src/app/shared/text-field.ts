import {
  ChangeDetectionStrategy,
  ChangeDetectorRef,
  Component,
  inject,
  input,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { switchMap } from 'rxjs';

import { errorMessageOf } from './form-errors';

/** A text input with its label, its hint and its error message. */
@Component({
  selector: 'lms-text-field',
  imports: [ReactiveFormsModule, MatFormFieldModule, MatInputModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: contents;
    }
  `,
  template: `
    <mat-form-field>
      <mat-label>{{ label() }}</mat-label>
      <input
        matInput
        [type]="type()"
        [formControl]="control()"
        [attr.autocomplete]="autocomplete()"
        [attr.maxlength]="maxLength()"
      />
      @if (hint()) {
        <mat-hint>{{ hint() }}</mat-hint>
      }
      <mat-error>{{ errorMessageOf(control()) }}</mat-error>
    </mat-form-field>
  `,
})
export class TextField {
  readonly control = input.required<FormControl<string>>();
  readonly label = input.required<string>();
  readonly hint = input('');
  readonly type = input<'text' | 'email' | 'password'>('text');
  readonly autocomplete = input<string>();
  readonly maxLength = input<number>();

  protected readonly errorMessageOf = errorMessageOf;

  constructor() {
    // The form changes its controls from outside: it resets them, or sets errors of the server.
    const changeDetector = inject(ChangeDetectorRef);
    toObservable(this.control)
      .pipe(
        switchMap(control => control.events),
        takeUntilDestroyed(),
      )
      .subscribe(() => changeDetector.markForCheck());
  }
}
