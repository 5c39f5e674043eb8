import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Meta, Title } from '@angular/platform-browser';
import { Router, TitleStrategy, provideRouter } from '@angular/router';

import { PageMetadata } from './page-metadata';

@Component({ template: '' })
class Anything {}

describe('PageTitle', () => {
  function open(url: string): Promise<boolean> {
    return TestBed.inject(Router).navigateByUrl(url);
  }

  function described(): string | undefined {
    return TestBed.inject(Meta).getTag('name=description')?.content;
  }

  beforeEach(() => {
    const data = { description: 'All\n that there is.' };
    TestBed.configureTestingModule({
      providers: [
        { provide: TitleStrategy, useExisting: PageMetadata },
        provideRouter([
          { path: 'public', children: [{ path: '', title: 'All', data, component: Anything }] },
          { path: 'own', component: Anything },
        ]),
      ],
    });
  });

  it('says what a page is, and nothing of one that is not described', async () => {
    await open('/public');
    expect(TestBed.inject(Title).getTitle()).toBe('All · Learning');
    expect(described()).toBe('All that there is.');

    await open('/own');
    expect(TestBed.inject(Title).getTitle()).toBe('Learning');
    expect(described()).toBeUndefined();
  });

  it('shortens what a page says of itself later', () => {
    TestBed.inject(PageMetadata).setDescription('x'.repeat(999));

    expect(described()).toHaveLength(160);
  });

  it('keeps the links of the page that was loaded for that page alone', async () => {
    const links = document.createElement('div');
    links.innerHTML = '<link rel="canonical" href="/public"><link hreflang="es" href="/es/public">';
    document.head.append(links);
    await open('/public');
    await open('/public?page=2');
    expect(links.children).toHaveLength(2);

    await open('/own');
    expect(links.children).toHaveLength(0);
  });
});
