import { ProgressSummary } from '@core/api/models';
import { OutlineLesson, withChanges } from './learn-models';

const OUTLINE = ['Seeds', 'Roots', 'Leaves', 'Flowers'].map((title, index) => ({
  id: `l${index + 1}`,
  title,
})) as unknown as readonly OutlineLesson[];
const SUMMARY = { completed_lessons: ['l1'], milestones: [25] } as unknown as ProgressSummary;

describe('withChanges', () => {
  const after = (...marks: [string, boolean][]): ProgressSummary =>
    withChanges(
      SUMMARY,
      OUTLINE,
      marks.map(([lesson, completed]) => ({ lesson, completed })),
    );

  it('counts completed lessons and finds the next one', () => {
    const summary = after(['l2', true]);

    expect(summary.completed_lessons).toEqual(['l1', 'l2']);
    expect(summary.percentage).toBe(50);
    expect(summary.next_lesson).toEqual({ id: 'l3', title: 'Leaves' });
  });

  it('applies the last change of a lesson and ignores other courses', () => {
    const summary = after(['l2', true], ['l1', false], ['l2', false], ['other', true]);

    expect(summary).toMatchObject({ completed: 0, percentage: 0, completed_lessons: [] });
    expect(summary.next_lesson?.id).toBe('l1');
  });

  it('has no next lesson when all are completed or there are none', () => {
    expect(after(['l2', true], ['l3', true], ['l4', true]).next_lesson).toBeNull();
    expect(withChanges(SUMMARY, [], [])).toMatchObject({ percentage: 0, next_lesson: null });
  });
});
