import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { Session } from '@core/auth/session';
import { LANGUAGES, LanguageCode } from '@core/languages';
import { Snackbar } from '@core/snackbar/snackbar';
import { PendingAction } from '@shared/pending-action';
import { ProfileApi } from './profile-api';

/** The language of emails and notifications. */
@Component({
  selector: 'lms-email-language',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    .field {
      max-inline-size: 22rem;
      margin-block: 1rem;
    }
  `,
  template: `
    <label class="field">
      <span i18n>Language of emails and notifications</span>
      <select #box (change)="choose(box)">
        @for (option of languages; track option.code) {
          <option
            [value]="option.code"
            [lang]="option.code"
            [selected]="option.code === language()"
          >
            {{ option.name }}
          </option>
        }
      </select>
    </label>
  `,
})
export class EmailLanguage {
  readonly language = input.required<string>();

  private readonly api = inject(ProfileApi);
  private readonly session = inject(Session);
  private readonly snackbar = inject(Snackbar);
  private readonly pendingAction = new PendingAction();
  protected readonly languages = LANGUAGES;

  /** Saves the language at once; if that fails, the select shows the previous one. */
  protected async choose(box: HTMLSelectElement): Promise<void> {
    const language = box.value as LanguageCode;
    box.value = this.language();
    await this.pendingAction.run(async () => {
      this.session.update(await this.api.change({ language }));
      await this.snackbar.show($localize`Saved.`);
    });
  }
}
