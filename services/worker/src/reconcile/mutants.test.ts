import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from '../test-support/reconcile-model/mutants';

const ROOT = join(__dirname, '../../../..');

it.each(Object.entries(MUTANTS))('the mutant %s of the reconciler can still be applied', (_, mutations) => {
  for (const { path, find } of mutations) {
    const source = readFileSync(join(ROOT, path), 'utf8');
    expect([path, [...source.matchAll(new RegExp(find, 'g'))].length]).toEqual([path, 1]);
  }
});
