import { ADA, INSTRUCTOR } from '@testing';
import { CURRENT_USER, openProfile } from './testing';

describe('the instructor request', () => {
  it('can be sent and canceled', async () => {
    const { answer, click, text } = await openProfile();
    await click('Request instructor role');
    const requested = await answer('PATCH', CURRENT_USER, { ...ADA, instructor_requested: true });
    expect(requested.body).toEqual({ instructor_requested: true });
    expect(text()).toContain('awaiting review');

    await click('Cancel request');
    const canceled = await answer('PATCH', CURRENT_USER, ADA);
    expect(canceled.body).toEqual({ instructor_requested: false });
    expect(text()).toContain('Request instructor role');
  });

  it('is not offered to instructors', async () => {
    const { text } = await openProfile(INSTRUCTOR);
    expect(text()).not.toContain('Ask to become');
  });
});
