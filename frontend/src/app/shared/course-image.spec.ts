import { TestBed } from '@angular/core/testing';

import { CourseImage } from './course-image';

describe('CourseImage', () => {
  async function shown(url: string | null, title = 'Éclair') {
    const fixture = TestBed.createComponent(CourseImage);
    fixture.componentRef.setInput('url', url);
    fixture.componentRef.setInput('title', title);
    await fixture.whenStable();
    return { fixture, page: fixture.nativeElement as HTMLElement };
  }

  it('keeps its space while loading', async () => {
    const { page } = await shown('/media/a.webp');
    const image = page.querySelector('img')!;

    expect(image.getAttribute('src')).toBe('/media/a.webp');
    expect([image.width, image.height]).toEqual([480, 270]);
  });

  it('shows the initial without an image', async () => {
    const { page } = await shown(null);

    expect(page.textContent.trim()).toBe('É');
  });

  it('shows the initial when the image cannot be loaded', async () => {
    const { fixture, page } = await shown('/media/gone.webp');
    page.querySelector('img')!.dispatchEvent(new Event('error'));
    await fixture.whenStable();

    expect(page.textContent.trim()).toBe('É');
  });
});
