import angular from 'angular-eslint';
import tseslint from 'typescript-eslint';
import { readdirSync } from 'node:fs';

const FEATURES = readdirSync(new URL('./src/app/features', import.meta.url));
const NO_FEATURE = { regex: 'features/', message: 'What is shared belongs to core/ or shared/.' };

// A feature knows core/ and shared/, never another feature.
const keepApart = FEATURES.map(feature => ({
  files: [`src/app/features/${feature}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          NO_FEATURE,
          ...FEATURES.filter(other => other !== feature).map(other => ({
            regex: `^(\\.\\./)+${other}(/|$)`,
            message: `${feature} may not know its sibling ${other}.`,
          })),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.angular/', 'src/app/core/api/schema.ts'] },
  {
    files: ['**/*.ts'],
    extends: [
      ...tseslint.configs.strict,
      ...tseslint.configs.stylistic,
      ...angular.configs.tsRecommended,
    ],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': [
        'error',
        { type: 'element', prefix: 'lms', style: 'kebab-case' },
      ],
      '@angular-eslint/directive-selector': [
        'error',
        { type: 'attribute', prefix: 'lms', style: 'camelCase' },
      ],
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
    },
  },
  {
    files: ['src/app/core/**/*.ts', 'src/app/shared/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_FEATURE] }] },
  },
  ...keepApart,
  {
    files: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // a test says what it waits for
      '@angular-eslint/prefer-on-push-component-change-detection': 'off', // and has blank pages
    },
  },
  {
    files: ['**/*.html'],
    extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility],
  },
);
