import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import { DomSanitizer } from '@angular/platform-browser';

/** A lesson's video: framed when it is pressed and its host may be framed, else a link. */
@Component({
  selector: 'lms-video',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './video.scss',
  template: `
    @if (frame(); as url) {
      <div class="frame">
        @if (pressed()) {
          <iframe
            [src]="url"
            [title]="label()"
            sandbox="allow-scripts allow-same-origin"
            referrerpolicy="strict-origin-when-cross-origin"
            allow="fullscreen; encrypted-media"
            allowfullscreen
          ></iframe>
        } @else {
          <button type="button" (click)="pressed.set(true)">
            <span class="play" aria-hidden="true">▶</span>
            <span i18n>Play the video</span>
            <span class="quiet" i18n>It is loaded from {{ host() }}.</span>
          </button>
        }
      </div>
    } @else if (url(); as address) {
      <p>
        <a [href]="address" target="_blank" rel="noopener noreferrer" i18n>
          Watch the video at {{ host() }} (opens a new tab)
        </a>
      </p>
    }
  `,
})
export class Video {
  readonly url = input.required<string | null>();
  readonly embedUrl = input.required<string | null>();
  readonly title = input.required<string>();

  private readonly sanitizer = inject(DomSanitizer);
  protected readonly pressed = linkedSignal({ source: this.embedUrl, computation: () => false });
  protected readonly label = computed(() => $localize`Video: ${this.title()}:title:`);
  protected readonly host = computed(() => hostOf(this.embedUrl() ?? this.url() ?? ''));
  /** The server names an address to frame only for the hosts that it allows, as the page's policy does. */
  protected readonly frame = computed(() => {
    const url = this.embedUrl();
    return url?.startsWith('https://') ? this.sanitizer.bypassSecurityTrustResourceUrl(url) : null;
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
