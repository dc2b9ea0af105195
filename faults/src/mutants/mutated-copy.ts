import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const PACKAGES = ['shared', 'http-client', 'customerio'];
const OURS = [...PACKAGES.map((name) => `packages/${name}`), 'services/ingest', 'services/worker'];
const SCOPE = '@optout-sync';

/** A change of one built file. */
export interface Mutation {
  readonly file: string;
  /** Must be found exactly once. */
  readonly find: string | RegExp;
  readonly replace: string;
}

/**
 * Copies the built services and what they share to a temporary folder and changes them there; other packages are those
 * of this checkout.
 *
 * @throws Error when what is to be changed is not there, once: the product has changed, and the mutation must follow
 */
export async function mutatedCopy(mutations: readonly Mutation[]) {
  const copy = await mkdtemp(join(tmpdir(), 'optout-sync-defect-'));
  const remove = (): Promise<void> => rm(copy, { recursive: true, force: true });
  try {
    await copyBuilt(copy);
    for (const mutation of mutations) await mutate(copy, mutation);
  } catch (error) {
    await remove();
    throw error;
  }
  return { services: join(copy, 'services'), remove };
}

async function copyBuilt(copy: string): Promise<void> {
  for (const folder of OURS) {
    await mkdir(join(copy, folder), { recursive: true });
    for (const part of ['dist', 'package.json']) {
      await cp(join(ROOT, folder, part), join(copy, folder, part), { recursive: true });
    }
  }
  await mkdir(join(copy, 'node_modules', SCOPE), { recursive: true });
  for (const name of PACKAGES) {
    await symlink(join(copy, 'packages', name), join(copy, 'node_modules', SCOPE, name));
  }
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name === SCOPE) continue;
    await symlink(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name));
  }
}

async function mutate(copy: string, { file, find, replace }: Mutation): Promise<void> {
  const path = join(copy, file);
  const before = await readFile(path, 'utf8');
  const places = before.split(find).length - 1;
  const found = typeof find === 'string' ? places : [...before.matchAll(new RegExp(find, 'g'))].length;
  if (found !== 1) throw new Error(`${file}: found ${String(found)} times, not once: ${String(find)}`);
  await writeFile(path, before.replace(find, replace));
}
