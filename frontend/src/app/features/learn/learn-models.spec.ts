import { ProgressSummary } from '@core/api/models';
import { OutlineLesson, withMarks } from './learn-models';

const OUTLINE = ['Seeds', 'Roots', 'Leaves', 'Flowers'].map((title, index) => ({
  id: `l${index + 1}`,
  title,
})) as unknown as readonly OutlineLesson[];
const SUMMARY = { completed_lessons: ['l1'], milestones: [25] } as unknown as ProgressSummary;

describe('withMarks', () => {
  const after = (...marks: [string, boolean][]): ProgressSummary =>
    withMarks(
      SUMMARY,
      OUTLINE,
      marks.map(([lesson, completed]) => ({ lesson, completed })),
    );

  it('counts what is completed, and finds what comes next', () => {
    const summary = after(['l2', true]);

    expect(summary.completed_lessons).toEqual(['l1', 'l2']);
    expect(summary.percentage).toBe(50);
    expect(summary.next_lesson).toEqual({ id: 'l3', title: 'Leaves' });
  });

  it('lets the last mark of a lesson win, and marks of other courses count nothing', () => {
    const summary = after(['l2', true], ['l1', false], ['l2', false], ['other', true]);

    expect(summary).toMatchObject({ completed: 0, percentage: 0, completed_lessons: [] });
    expect(summary.next_lesson?.id).toBe('l1');
  });

  it('knows no next lesson where all are completed, nor where there are none', () => {
    expect(after(['l2', true], ['l3', true], ['l4', true]).next_lesson).toBeNull();
    expect(withMarks(SUMMARY, [], [])).toMatchObject({ percentage: 0, next_lesson: null });
  });
});
