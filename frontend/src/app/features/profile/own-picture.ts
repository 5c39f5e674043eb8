import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';

import { User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { ErrorReporter } from '@core/errors/error-reporter';
import { Snackbar } from '@core/snackbar/snackbar';
import { UserPicture } from '@shared/user-picture';
import { ProfileApi } from './profile-api';

/** The user's picture or initial, with buttons to change it and the error if that fails. */
@Component({
  selector: 'lms-own-picture',
  imports: [UserPicture],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './own-picture.scss',
  template: `
    <lms-user-picture
      alt="Your picture"
      i18n-alt
      [url]="user().profile_picture_small"
      [username]="user().username"
    />
    <div>
      <p class="actions">
        <label class="button outlined" [class.busy]="busy()">
          @if (user().profile_picture) {
            <ng-container i18n>Change picture</ng-container>
          } @else {
            <ng-container i18n>Upload picture</ng-container>
          }
          <input
            #box
            class="visually-hidden"
            type="file"
            accept="image/png,image/jpeg,image/webp"
            aria-describedby="picture-rules"
            [disabled]="busy()"
            (change)="upload(box)"
          />
        </label>
        @if (user().profile_picture) {
          <button
            class="button outlined destructive"
            type="button"
            [disabled]="busy()"
            (click)="remove()"
            i18n
          >
            Remove picture
          </button>
        }
      </p>
      <p class="quiet" id="picture-rules" i18n>PNG, JPEG or WebP, up to 5 MB</p>
      @if (uploadError(); as message) {
        <p class="notice wrong" role="alert">{{ message }}</p>
      }
    </div>
  `,
})
export class OwnPicture {
  readonly user = input.required<User>();

  private readonly api = inject(ProfileApi);
  private readonly session = inject(Session);
  private readonly snackbar = inject(Snackbar);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly busy = signal(false);
  protected readonly uploadError = signal('');

  protected async upload(box: HTMLInputElement): Promise<void> {
    const file = box.files?.[0];
    if (!file) return;
    await this.change(() => this.api.picture(this.user().id, file), $localize`Picture updated.`);
    box.value = ''; // Allows choosing the same file again.
  }

  protected async remove(): Promise<void> {
    await this.change(
      () => this.api.change({ profile_picture: null }),
      $localize`Picture removed.`,
    );
  }

  private async change(save: () => Promise<User>, message: string): Promise<void> {
    this.busy.set(true);
    this.uploadError.set('');
    try {
      this.session.update(await save());
      await this.snackbar.show(message);
    } catch (error) {
      if (error instanceof ApiError && [400, 413].includes(error.status)) {
        this.uploadError.set(Object.values(error.fields).flat().join(' ') || error.message);
      } else {
        await this.errorReporter.report(error);
      }
    } finally {
      this.busy.set(false);
    }
  }
}
