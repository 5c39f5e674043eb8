import {
  ChangeDetectionStrategy,
  Component,
  TemplateRef,
  ViewContainerRef,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  viewChild,
} from '@angular/core';
import { DomSanitizer } from '@angular/platform-browser';

/** A lesson's video, embedded on request only, because its host can track viewers. */
@Component({
  selector: 'lms-video',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './video.scss',
  template: `
    @if (frame(); as url) {
      <ng-template #player>
        <iframe
          sandbox="allow-scripts allow-same-origin"
          referrerpolicy="strict-origin-when-cross-origin"
          allow="fullscreen; picture-in-picture"
          [title]="name()"
          [src]="url"
        ></iframe>
      </ng-template>
      <ng-container #screen />
      @if (!isPlaying()) {
        <button class="poster" type="button" (click)="play()">
          <span class="icon" aria-hidden="true"></span>
          <span class="label" i18n>Play the video</span>
          <small i18n>Hosted on {{ host() }}</small>
        </button>
      }
    } @else if (link(); as url) {
      <a class="button outlined" rel="noopener noreferrer" [href]="url" i18n>
        Watch the video on {{ host() }}
      </a>
    }
  `,
})
export class Video {
  readonly lesson = input.required<string>();
  /** The URL that the server allows to embed, or null. */
  readonly embed = input.required<string | null>();
  readonly link = input.required<string | null>();

  private readonly sanitizer = inject(DomSanitizer);
  private readonly player = viewChild('player', { read: TemplateRef });
  private readonly screen = viewChild('screen', { read: ViewContainerRef });

  protected readonly isPlaying = linkedSignal({ source: this.embed, computation: () => false });
  protected readonly name = computed(
    () => $localize`Video of the lesson “${this.lesson()}:title:”`,
  );
  protected readonly host = computed(() => new URL(this.embed() || this.link() || '').host);
  protected readonly frame = computed(() => {
    const url = this.embed();
    return url?.startsWith('https://') ? this.sanitizer.bypassSecurityTrustResourceUrl(url) : null;
  });

  constructor() {
    effect(() => {
      if (!this.isPlaying()) this.screen()?.clear();
    });
  }

  protected play(): void {
    const frame = this.player()?.createEmbeddedView(null);
    if (!frame) return;
    // The frame gets its URL before it is attached: an empty one has our origin, and browsers warn.
    frame.detectChanges();
    this.screen()?.insert(frame);
    this.isPlaying.set(true);
    (frame.rootNodes as HTMLElement[])[0]?.focus();
  }
}
