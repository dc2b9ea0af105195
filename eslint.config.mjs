import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const PURE = 'Domain rules are pure: time and chance are given to them.';
const ENVIRONMENT = 'Only config/ folders and programs (main.ts, bin/) read the environment.';

/** Files that are one table of values: their length says nothing. */
const TABLES = ['**/wording/vocabulary.ts', '**/language-lists.ts'];

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '**/.turbo/**', 'data/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,

  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'setInterval', 'clearInterval'].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: Object.fromEntries(['module', 'require', '__dirname'].map((name) => [name, 'readonly'])),
    },
  },

  {
    files: ['packages/**/*.ts', 'services/**/*.ts'],
    ignores: [
      '**/config/**',
      '**/main.ts',
      '**/bin/**',
      '**/*.test.ts',
      '**/test-support/**',
      'packages/{testkit,customerio-sandbox,twilio-simulator}/**',
    ],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENVIRONMENT }],
      'no-restricted-imports': [
        'error',
        {
          paths: ['process', 'node:process'].map((name) => ({
            name,
            importNames: ['env'],
            message: ENVIRONMENT,
          })),
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "VariableDeclarator[init.name='process'] Property[key.name='env']",
          message: ENVIRONMENT,
        },
      ],
    },
  },
  {
    files: ['**/domain/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', message: PURE },
        { object: 'Date', property: 'now', message: PURE },
        { object: 'Math', property: 'random', message: PURE },
        { object: 'performance', property: 'now', message: PURE },
      ],
    },
  },
  {
    files: ['services/**/*.ts', 'packages/shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['{packages,services,e2e,faults,bench}/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts', '**/test-support/**', ...TABLES],
    rules: {
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['warn', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['warn', 12],
    },
  },
  {
    files: ['**/*.test.ts', 'e2e/**/*.ts', 'faults/**/*.ts'],
    rules: {
      // A test that reads what is not there fails, which is its job.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },

  prettier,
);
