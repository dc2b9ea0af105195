import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transpile } from './transpile';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
  write('package.json', JSON.stringify({ workspaces: ['packages/*', 'e2e'] }));
  write('packages/one/tsconfig.build.json', JSON.stringify({ exclude: ['src/**/test-support/**'] }));
  write('packages/one/src/index.ts', 'export const one: number = 1;\n');
  write('packages/one/src/scripts/add.lua', 'return 1\n');
  write('packages/one/src/plain.js', 'module.exports = 2;\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const built = (): string[] =>
  readdirSync(join(root, 'packages/one/dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

test('code is transpiled with its source map, everything else is copied, tests are left out', () => {
  write('packages/one/src/index.test.ts', 'throw new Error();');
  write('packages/one/src/test-support/help.ts', 'throw new Error();');
  expect(transpile(root)).toBe(3);
  expect(built()).toEqual(['add.lua', 'index.js', 'index.js.map', 'plain.js']);
  expect(read('packages/one/dist/index.js')).toContain('sourceMappingURL=index.js.map');
  expect(read('packages/one/dist/index.js')).not.toContain(': number');
  expect(JSON.parse(read('packages/one/dist/index.js.map'))).toMatchObject({ sources: ['../src/index.ts'] });
  expect(read('packages/one/dist/scripts/add.lua')).toBe('return 1\n');
});

test('only what changed is built again', () => {
  transpile(root);
  const onChange = jest.fn();
  expect(transpile(root, onChange)).toBe(0);
  expect(onChange).not.toHaveBeenCalled();
  write('packages/one/src/index.ts', 'export const one = 1_000;\n');
  expect(transpile(root, onChange)).toBe(1);
  expect(read('packages/one/dist/index.js')).toContain('1_000');
});

test('what tsc wrote in between, and what somebody removed, is built again', () => {
  transpile(root);
  write('packages/one/dist/index.js', 'what tsc made of an older source, of another size');
  rmSync(join(root, 'packages/one/dist/plain.js'));
  expect(transpile(root)).toBe(2);
  expect(read('packages/one/dist/index.js')).toContain('const one = 1');
  expect(read('packages/one/dist/plain.js')).toContain('2');
});

test('what has no source any more is removed; the declarations of tsc stay', () => {
  transpile(root);
  write('packages/one/dist/index.d.ts', 'export declare const one: number;');
  write('packages/one/dist/gone.d.ts', '');
  rmSync(join(root, 'packages/one/src/plain.js'));
  expect(transpile(root)).toBe(2);
  expect(built()).toEqual(['add.lua', 'index.d.ts', 'index.js', 'index.js.map']);
});

test('a workspace without sources is left alone', () => {
  write('packages/empty/package.json', '{}');
  transpile(root);
  expect(existsSync(join(root, 'packages/empty/dist'))).toBe(false);
});

test('a syntax error names the file', () => {
  write('packages/one/src/broken.ts', 'export const = ;');
  expect(() => transpile(root)).toThrow('broken.ts');
});
