import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  input,
  output,
  viewChild,
} from '@angular/core';

/** Asks for the title of a new course or lesson. */
@Component({
  selector: 'lms-title-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    form {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 1rem;
      align-items: end;
    }

    @media (width < 22rem) {
      form {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
  template: `
    <form (submit)="$event.preventDefault(); submit(box.value)">
      <label class="field">
        <span>{{ label() }}</span>
        <input
          #box
          required
          maxlength="255"
          autocomplete="off"
          placeholder="Title"
          i18n-placeholder
        />
      </label>
      <button class="button" [disabled]="busy()">{{ action() }}</button>
    </form>
  `,
})
export class TitleForm {
  readonly label = input.required<string>();
  readonly action = input.required<string>();
  readonly busy = input(false);
  readonly submitted = output<string>();

  private readonly box = viewChild.required<ElementRef<HTMLInputElement>>('box');

  focus(): void {
    this.box().nativeElement.focus();
  }

  protected submit(text: string): void {
    const title = text.trim();
    if (title) this.submitted.emit(title);
  }
}
