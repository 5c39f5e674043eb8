import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  inject,
  input,
  linkedSignal,
  viewChild,
} from '@angular/core';
import { DomSanitizer } from '@angular/platform-browser';

/** A lesson's video: framed when one wants it, for its host hears of everyone who loads the frame. */
@Component({
  selector: 'lms-video',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './video.scss',
  template: `
    @if (frame(); as url) {
      @if (isPlaying()) {
        <iframe
          #player
          sandbox="allow-scripts allow-same-origin"
          referrerpolicy="strict-origin-when-cross-origin"
          allow="fullscreen; picture-in-picture"
          [title]="name()"
          [src]="url"
        ></iframe>
      } @else {
        <button class="poster" type="button" (click)="play()">
          <span class="sign" aria-hidden="true"></span>
          <span class="what" i18n>Play the video</span>
          <small i18n>It comes from {{ host() }}.</small>
        </button>
      }
    } @else if (link(); as url) {
      <a class="button outlined" rel="noopener noreferrer" [href]="url" i18n>
        Watch the video at {{ host() }}
      </a>
    }
  `,
})
export class Video {
  readonly lesson = input.required<string>();
  /** What a page may frame, by the server's word; else null. */
  readonly embed = input.required<string | null>();
  readonly link = input.required<string | null>();

  private readonly sanitizer = inject(DomSanitizer);
  private readonly injector = inject(Injector);
  private readonly player = viewChild<ElementRef<HTMLElement>>('player');

  protected readonly isPlaying = linkedSignal({ source: this.embed, computation: () => false });
  protected readonly name = computed(
    () => $localize`Video of the lesson “${this.lesson()}:title:”`,
  );
  protected readonly host = computed(() => new URL(this.embed() || this.link() || '').host);
  protected readonly frame = computed(() => {
    const url = this.embed();
    return url?.startsWith('https://') ? this.sanitizer.bypassSecurityTrustResourceUrl(url) : null;
  });

  protected play(): void {
    this.isPlaying.set(true);
    afterNextRender(() => this.player()?.nativeElement.focus(), { injector: this.injector });
  }
}
