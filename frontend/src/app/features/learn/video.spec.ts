import 'fake-indexeddb/auto';

import { setUpLessonPage } from './testing';

describe('a video', () => {
  const { page, visit, settle, link, answerCourse, answerLesson, press } = setUpLessonPage();

  const embed_url = 'https://player.example/1';

  it('is embedded on request, and not in the next lesson', async () => {
    await visit('/learn/c1/l1');
    await answerCourse();
    await answerLesson('l1', { video_url: 'https://v.example/1', embed_url });
    expect(page().querySelector('iframe')).toBeNull();

    page().querySelector<HTMLElement>('.poster')!.click();
    await settle();
    const frame = page().querySelector('iframe')!;
    expect(frame.src).toBe(embed_url);
    expect(frame.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin');
    expect(frame.getAttribute('referrerpolicy')).toBe('strict-origin-when-cross-origin');
    expect(frame.title).toBe('Video of the lesson “Seeds”');

    press('j');
    await answerLesson('l2', { video_url: 'https://v.example/2', embed_url: `${embed_url}2` });
    expect(page().querySelector('iframe')).toBeNull();
    expect(page().querySelector('.poster')).not.toBeNull();
  });

  it('is a link when it cannot be embedded', async () => {
    await visit('/learn/c1/l1');
    await answerCourse();
    await answerLesson('l1', { video_url: 'https://v.example/1', content_html: '' });

    const video = link('Watch the video on v.example')!;
    expect(video.href).toBe('https://v.example/1');
    expect(video.rel).toBe('noopener noreferrer');
    expect(page().querySelector('.poster')).toBeNull();
  });

  it('is embedded over https only', async () => {
    await visit('/learn/c1/l1');
    await answerCourse();
    await answerLesson('l1', {
      video_url: 'http://v.example/1',
      embed_url: 'http://v.example/1',
    });

    expect(page().querySelector('.poster')).toBeNull();
    expect(link('Watch the video on v.example')).toBeDefined();
  });
});
