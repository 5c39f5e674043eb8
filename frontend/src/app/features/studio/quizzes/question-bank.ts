import { ChangeDetectionStrategy, Component, inject, input, output, signal } from '@angular/core';

import { ApiError } from '@core/errors/api-error';
import { ErrorReporter } from '@core/errors/error-reporter';
import { saveFile } from '@shared/save-file';
import { BankFormat, ImportResult, QuizzesApi } from './quizzes-api';

interface ImportError {
  readonly message: string;
  readonly lines: readonly { readonly line: number; readonly reason: string }[];
}

/** Imports questions from GIFT or Moodle XML files, and exports them. */
@Component({
  selector: 'lms-question-bank',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './question-bank.scss',
  template: `
    <h2 i18n>Question bank</h2>
    <p i18n>
      Import questions from a GIFT or Moodle XML file, or export these questions for another system.
    </p>
    <p class="actions">
      <label class="button outlined">
        <ng-container i18n>Import questions</ng-container>
        <input
          #fileInput
          class="visually-hidden"
          type="file"
          accept=".txt,.gift,.xml,text/plain,text/xml,application/xml"
          [disabled]="busy()"
          (change)="importFile(fileInput, skipInput.checked)"
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
      <input #skipInput type="checkbox" />
      <span i18n>Skip unsupported question types, such as essays</span>
    </label>
    <div role="status">
      @if (importResult(); as result) {
        <p class="notice">
          <ng-container i18n>
            {result.created, plural,
              =1 {1 question was imported.}
              other {{{ result.created }} questions were imported.}
            }
          </ng-container>
          @if (result.skipped.length > 0) {
            <ng-container i18n>
              {result.skipped.length, plural,
                =1 {1 question of an unsupported type was skipped:}
                other {{{ result.skipped.length }} questions of unsupported types were skipped:}
              }
            </ng-container>
          }
        </p>
        @if (result.skipped.length > 0) {
          <ul>
            @for (question of result.skipped; track $index) {
              <li i18n>Line {{ question.line }}: {{ question.kind }}</li>
            }
          </ul>
        }
      }
    </div>
    @if (importError(); as error) {
      <div class="notice wrong" role="alert">
        <p>{{ error.message }} <ng-container i18n>Nothing was imported.</ng-container></p>
        @if (error.lines.length > 0) {
          <div class="table" tabindex="0" role="region" aria-label="Errors" i18n-aria-label>
            <table>
              <thead>
                <tr>
                  <th scope="col" i18n>Line</th>
                  <th scope="col" i18n>Error</th>
                </tr>
              </thead>
              <tbody>
                @for (row of error.lines; track $index) {
                  <tr>
                    <td>{{ row.line }}</td>
                    <td>{{ row.reason }}</td>
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
export class QuestionBank {
  readonly quiz = input.required<string>();
  readonly title = input.required<string>();
  readonly imported = output();

  private readonly api = inject(QuizzesApi);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly busy = signal(false);
  protected readonly importResult = signal<ImportResult | null>(null);
  protected readonly importError = signal<ImportError | null>(null);

  protected async export(format: BankFormat): Promise<void> {
    try {
      const extension = format === 'gift' ? 'gift.txt' : 'xml';
      saveFile(`${this.title()}.${extension}`, await this.api.export(this.quiz(), format));
    } catch (error) {
      await this.errorReporter.report(error);
    }
  }

  protected async importFile(input: HTMLInputElement, skipUnsupported: boolean): Promise<void> {
    const file = input.files?.[0];
    input.value = ''; // Allows choosing the same file again after correcting it.
    if (!file) return;
    this.busy.set(true);
    this.importResult.set(null);
    this.importError.set(null);
    const format = file.name.toLowerCase().endsWith('.xml') ? 'moodle_xml' : 'gift';
    try {
      this.importResult.set(await this.api.import(this.quiz(), file, format, skipUnsupported));
      this.imported.emit();
    } catch (error) {
      if (error instanceof ApiError && error.status === 400)
        this.importError.set(toImportError(error));
      else await this.errorReporter.report(error);
    } finally {
      this.busy.set(false);
    }
  }
}

function toImportError(error: ApiError): ImportError {
  return { message: error.message, lines: (error.body['lines'] ?? []) as ImportError['lines'] };
}
