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
import { UncaughtErrors } from '@core/errors/failures';
import { errors } from '@core/http/errors';
import { language } from '@core/http/language';
import { loading } from '@core/http/loading';
import { tokens } from '@core/http/tokens';
import { provideHeadingFocus } from '@core/navigation/focus';
import { PageTitle } from '@core/navigation/titles';
import { afterWrites } from '@core/notifications/after-writes';
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
    provideHttpClient(withInterceptors([language, loading, afterWrites, errors, tokens])),
    provideHeadingFocus(),
    provideServiceWorker('ngsw-worker.js', { enabled: !isDevMode() }),
    { provide: ErrorHandler, useClass: UncaughtErrors },
    { provide: TitleStrategy, useExisting: PageTitle },
  ],
};
