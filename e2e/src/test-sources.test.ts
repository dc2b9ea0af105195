import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface Workspaces {
  readonly ROOT: string;
  readonly sourcesOfExports: () => { readonly module: string; readonly source: string }[];
}
type Resolver = (
  request: string,
  options: { readonly basedir: string; readonly defaultResolver: () => string },
) => string;

const { ROOT, sourcesOfExports } = jest.requireActual<Workspaces>('../../jest/workspaces');
const resolve = jest.requireActual<Resolver>('../../jest/sources-only-resolver');

describe('the modules that tests load', () => {
  it.each(sourcesOfExports())('are the existing source $source for $module', ({ module, source }) => {
    expect(existsSync(join(ROOT, source))).toBe(true);
    expect(require.resolve(module)).toBe(join(ROOT, source));
  });

  it.each(['packages/shared/dist/domain/index.js', 'services/ingest/dist/service.js', 'e2e/dist/system.js'])(
    'are never %s',
    (path) => {
      const stub = resolvedAs(path);
      expect(stub).toBe(join(ROOT, 'jest/built-module.js'));
      expect(() => jest.requireActual<object>(stub)).toThrow('Tests load sources only');
    },
  );

  it.each(['packages/shared/src/domain/index.ts', 'node_modules/zod/dist/index.js'])('may be %s', (path) => {
    expect(resolvedAs(path)).toBe(join(ROOT, path));
  });
});

const resolvedAs = (path: string): string =>
  resolve('./module', { basedir: __dirname, defaultResolver: () => join(ROOT, path) });
