import { PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterRenderEffect,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { DurationPipe } from '@shared/duration';
import { Course } from './learn-models';

/** The lessons of a course next to the text; on phones behind a button. */
@Component({
  selector: 'lms-outline',
  imports: [RouterLink, PercentPipe, DurationPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './outline.scss',
  templateUrl: './outline.html',
})
export class Outline {
  readonly course = input.required<Course>();
  readonly current = input<string>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly isOpen = linkedSignal({ source: this.current, computation: () => false });
  protected readonly completed = computed(
    () => new Set(this.course().summary?.completed_lessons ?? []),
  );

  constructor() {
    afterRenderEffect(() => {
      this.current();
      this.showCurrent();
    });
  }

  /** Scrolls the list, but never the page. */
  private showCurrent(): void {
    const list = this.host;
    const link = list.querySelector<HTMLElement>('[aria-current]');
    if (!link) return;
    const [frame, item] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
    if (item.top < frame.top || item.bottom > frame.bottom) {
      list.scrollTop += item.top - frame.top - frame.height / 3;
    }
  }
}
