import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  ApplicationConfig,
  ErrorHandler,
  isDevMode,
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
} from '@angular/core';
import {
  TitleStrategy,
  provideRouter,
  withComponentInputBinding,
  withInMemoryScrolling,
} from '@angular/router';

import { provideServiceWorker } from '@angular/service-worker';
import { GlobalErrorHandler } from '@core/errors/error-reporter';
import { errorInterceptor } from '@core/http/error-interceptor';
import { languageInterceptor } from '@core/http/language-interceptor';
import { loadingInterceptor } from '@core/http/loading';
import { tokenInterceptor } from '@core/http/token-interceptor';
import { provideHeadingFocus } from '@core/navigation/heading-focus';
import { PageMetadata } from '@core/navigation/page-metadata';
import { unreadCountInterceptor } from '@core/notifications/unread-count-interceptor';
import { routes } from './app.routes';
import { withUnreachablePages } from './shell/unreachable';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideZonelessChangeDetection(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled', anchorScrolling: 'enabled' }),
      withUnreachablePages(),
    ),
    provideHttpClient(
      withInterceptors([
        languageInterceptor,
        loadingInterceptor,
        unreadCountInterceptor,
        errorInterceptor,
        tokenInterceptor,
      ]),
    ),
    provideHeadingFocus(),
    provideServiceWorker('ngsw-worker.js', { enabled: !isDevMode() }),
    { provide: ErrorHandler, useClass: GlobalErrorHandler },
    { provide: TitleStrategy, useExisting: PageMetadata },
  ],
};
