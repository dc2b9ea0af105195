import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScript } from './load-script';

const folder = mkdtempSync(join(tmpdir(), 'load-script-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('loadScript', () => {
  it('includes each file once, before the lines that follow', () => {
    writeFileSync(join(folder, 'base.lua'), "local base = '$&'\n");
    writeFileSync(join(folder, 'more.lua'), '-- include: base.lua\nlocal more = 1\n');
    writeFileSync(
      join(folder, 'main.lua'),
      '-- include: base.lua\n-- include: more.lua\nreturn base .. more\n',
    );
    expect(loadScript(folder, 'main.lua').split('\n').filter(Boolean)).toEqual([
      "local base = '$&'",
      'local more = 1',
      'return base .. more',
    ]);
  });

  it('throws for a file that does not exist', () => {
    expect(() => loadScript(folder, 'missing.lua')).toThrow('ENOENT');
  });
});
