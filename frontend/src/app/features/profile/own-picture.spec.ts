import { TestBed } from '@angular/core/testing';

import { ADA } from '@testing';
import { CURRENT_USER, REFUSED, UNAVAILABLE, openProfile } from './testing';

describe('profile picture', () => {
  const WITH_PICTURE = { ...ADA, profile_picture: '/p.webp', profile_picture_small: '/p-s.webp' };

  async function choose(file: File | null) {
    const visited = await openProfile();
    const box = visited.find<HTMLInputElement>('input[type=file]');
    Object.defineProperty(box, 'files', { value: file ? [file] : [] });
    box.dispatchEvent(new Event('change'));
    await visited.settle();
    return visited;
  }

  it('is uploaded and shown at once', async () => {
    const { answer, find, page } = await choose(new File(['x'], 'me.png', { type: 'image/png' }));
    const { body } = await answer('POST', '/api/users/ada/picture/', WITH_PICTURE);

    expect(((body as FormData).get('picture') as File).name).toBe('me.png');
    expect(page.querySelector('img')?.getAttribute('src')).toBe('/p-s.webp');
    expect(find('button', 'Remove picture')).toBeTruthy();
  });

  it('shows why it was rejected', async () => {
    const { answer, find, report } = await choose(new File(['x'], 'me.txt'));
    const reason = { picture: ['Upload a complete PNG, JPEG or WebP picture.'] };
    await answer('POST', '/api/users/ada/picture/', reason, REFUSED);

    expect(find('[role=alert]').textContent).toBe('Upload a complete PNG, JPEG or WebP picture.');
    expect(report).not.toHaveBeenCalled();
  });

  it('can be too large or fail to upload', async () => {
    const large = await choose(new File(['x'], 'me.png'));
    await large.answer('POST', '/api/users/', { detail: 'Too large.' }, { status: 413 });
    expect(large.find('[role=alert]').textContent).toBe('Too large.');

    TestBed.resetTestingModule();
    const broken = await choose(new File(['x'], 'me.png'));
    await broken.answer('POST', '/api/users/', {}, UNAVAILABLE);
    expect(broken.report).toHaveBeenCalled();
  });

  it('is not uploaded when no file is chosen', async () => {
    const { http } = await choose(null);
    http.expectNone('/api/users/ada/picture/');
  });

  it('can be removed', async () => {
    const { answer, click, page } = await openProfile(WITH_PICTURE);
    await click('Remove picture');
    const { body } = await answer('PATCH', CURRENT_USER, ADA);

    expect(body).toEqual({ profile_picture: null });
    expect(page.querySelector('img')).toBeNull();
  });
});
