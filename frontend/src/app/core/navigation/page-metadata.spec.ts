import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Meta, Title } from '@angular/platform-browser';
import { Router, TitleStrategy, provideRouter } from '@angular/router';

import { PageMetadata } from './page-metadata';

@Component({ template: '' })
class Anything {}

describe('PageMetadata', () => {
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

  it('sets the title and removes a description that does not apply', async () => {
    await open('/public');
    expect(TestBed.inject(Title).getTitle()).toBe('All · Learning');
    expect(described()).toBe('All that there is.');

    await open('/own');
    expect(TestBed.inject(Title).getTitle()).toBe('Learning');
    expect(described()).toBeUndefined();
  });

  it('truncates a description that is set later', () => {
    TestBed.inject(PageMetadata).setDescription('x'.repeat(999));

    expect(described()).toHaveLength(160);
  });

  it('removes links that belong to the first loaded page', async () => {
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
