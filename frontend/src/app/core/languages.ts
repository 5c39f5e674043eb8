/** The languages of the web app. Each one is a separate build below its `base`. */
export const LANGUAGES = [
  { code: 'en', name: 'English', base: '/' },
  { code: 'es', name: 'Español', base: '/es/' },
] as const;

export type LanguageCode = (typeof LANGUAGES)[number]['code'];
