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
  templateUrl: './question-bank.html',
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
