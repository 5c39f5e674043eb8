import { ProgressSummary } from '@core/api/models';

/** Notices milestones that the student reaches while the course is open. */
export class Milestones {
  private previous: Pick<ProgressSummary, 'course' | 'milestones'> | null = null;

  /** Returns the message for the highest new milestone, or null. */
  messageFor(summary: ProgressSummary): string | null {
    const previous = this.previous;
    this.previous = summary;
    if (previous?.course !== summary.course) return null;
    const reached = summary.milestones.filter(percent => !previous.milestones.includes(percent));
    return reached.length > 0 ? messageOf(Math.max(...reached)) : null;
  }
}

function messageOf(milestone: number): string {
  switch (milestone) {
    case 100:
      return $localize`You completed all lessons of this course.`;
    case 75:
      return $localize`You completed three quarters of this course.`;
    case 50:
      return $localize`You completed half of this course.`;
    default:
      return $localize`You completed a quarter of this course.`;
  }
}
