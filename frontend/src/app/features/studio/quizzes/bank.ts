import { ChangeDetectionStrategy, Component, inject, input, output, signal } from '@angular/core';

import { ApiError } from '@core/errors/api-error';
import { ErrorReporter } from '@core/errors/error-reporter';
import { saveFile } from '@shared/save-file';
import { Format, Imported, QuizzesApi } from './quizzes-api';

interface Refusal {
  readonly message: string;
  readonly lines: readonly { readonly line: number; readonly reason: string }[];
}

/** Takes questions from a file, and writes them to one: GIFT or Moodle XML. */
@Component({
  selector: 'lms-bank',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './bank.scss',
  template: `
    <h2 i18n>Question banks</h2>
    <p i18n>Bring questions along from GIFT or Moodle XML, or take these to another system.</p>
    <p class="actions">
      <label class="button outlined">
        <ng-container i18n>Import a file</ng-container>
        <input
          #box
          class="visually-hidden"
          type="file"
          accept=".txt,.gift,.xml,text/plain,text/xml,application/xml"
          [disabled]="busy()"
          (change)="read(box, skipBox.checked)"
        />
      </label>
      <button class="button outlined" type="button" (click)="export('gift')" i18n>
        Export as GIFT
      </button>
      <button class="button outlined" type="button" (click)="export('moodle_xml')" i18n>
        Export as Moodle XML
      </button>
    </p>
    <label class="check">
      <input #skipBox type="checkbox" />
      <span i18n>Leave out questions of kinds that there are none of here, such as essays</span>
    </label>
    <div role="status">
      @if (done(); as imported) {
        <p class="notice">
          <ng-container i18n>
            {imported.created, plural,
              =1 {1 question was imported.}
              other {{{ imported.created }} questions were imported.}
            }
          </ng-container>
          @if (imported.skipped.length > 0) {
            <ng-container i18n>
              {imported.skipped.length, plural,
                =1 {1 question of another kind was left out:}
                other {{{ imported.skipped.length }} questions of other kinds were left out:}
              }
            </ng-container>
          }
        </p>
        @if (imported.skipped.length > 0) {
          <ul>
            @for (one of imported.skipped; track $index) {
              <li i18n>Line {{ one.line }}: {{ one.kind }}</li>
            }
          </ul>
        }
      }
    </div>
    @if (refused(); as refusal) {
      <div class="notice wrong" role="alert">
        <p>{{ refusal.message }} <ng-container i18n>Nothing was imported.</ng-container></p>
        @if (refusal.lines.length > 0) {
          <div class="table" tabindex="0" role="region" aria-label="What is wrong" i18n-aria-label>
            <table>
              <thead>
                <tr>
                  <th scope="col" i18n>Line</th>
                  <th scope="col" i18n>What is wrong</th>
                </tr>
              </thead>
              <tbody>
                @for (one of refusal.lines; track $index) {
                  <tr>
                    <td>{{ one.line }}</td>
                    <td>{{ one.reason }}</td>
                  </tr>
                }
              </tbody>
            </table>
          </div>
        }
      </div>
    }
  `,
})
export class Bank {
  readonly quiz = input.required<string>();
  readonly title = input.required<string>();
  readonly imported = output();

  private readonly api = inject(QuizzesApi);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly busy = signal(false);
  protected readonly done = signal<Imported | null>(null);
  protected readonly refused = signal<Refusal | null>(null);

  protected async export(format: Format): Promise<void> {
    try {
      const ending = format === 'gift' ? 'gift.txt' : 'xml';
      saveFile(`${this.title()}.${ending}`, await this.api.export(this.quiz(), format));
    } catch (error) {
      await this.errorReporter.report(error);
    }
  }

  protected async read(box: HTMLInputElement, skipsUnsupported: boolean): Promise<void> {
    const file = box.files?.[0];
    box.value = ''; // the same file may be chosen again, mended
    if (!file) return;
    this.busy.set(true);
    this.done.set(null);
    this.refused.set(null);
    const format = file.name.toLowerCase().endsWith('.xml') ? 'moodle_xml' : 'gift';
    try {
      this.done.set(await this.api.import(this.quiz(), file, format, skipsUnsupported));
      this.imported.emit();
    } catch (error) {
      if (error instanceof ApiError && error.status === 400) this.refused.set(refusalOf(error));
      else await this.errorReporter.report(error);
    } finally {
      this.busy.set(false);
    }
  }
}

function refusalOf(error: ApiError): Refusal {
  return { message: error.message, lines: (error.body['lines'] ?? []) as Refusal['lines'] };
}
