import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '../../..');
const SERVICES = ['services/ingest', 'services/worker'];
const SCOPE = '@optout-sync';

/** A change of one built file. */
export interface Mutation {
  /** The folder of the workspace, like `packages/shared`. */
  readonly workspace: string;
  /** Must match exactly once in all built files of the workspace. */
  readonly find: RegExp;
  readonly replace: string;
}

/**
 * Copies the built services and their packages of this repository to a temporary folder and mutates the copy. Other
 * packages are linked.
 *
 * @returns the folder with the services, and a function that removes the copy
 * @throws {Error} when a mutation does not match exactly once: the product has changed, and the mutation must follow
 */
export async function mutatedCopy(mutations: readonly Mutation[]) {
  const copy = await mkdtemp(join(tmpdir(), 'optout-sync-mutant-'));
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
  const packages = await packagesOf(SERVICES);
  for (const workspace of [...SERVICES, ...packages.values()]) {
    await mkdir(join(copy, workspace), { recursive: true });
    for (const part of ['dist', 'package.json']) {
      await cp(join(ROOT, workspace, part), join(copy, workspace, part), { recursive: true });
    }
    const installed = join(ROOT, workspace, 'node_modules');
    if (existsSync(installed)) await symlink(installed, join(copy, workspace, 'node_modules'));
  }
  const modules = join(copy, 'node_modules');
  await mkdir(join(modules, SCOPE), { recursive: true });
  for (const [name, workspace] of packages) await symlink(join(copy, workspace), join(modules, name));
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== SCOPE) await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
}

/** This repository's packages that the workspaces depend on, directly or not: their folders by name. */
async function packagesOf(
  workspaces: readonly string[],
  found = new Map<string, string>(),
): Promise<Map<string, string>> {
  for (const workspace of workspaces) {
    const manifest = await readFile(join(ROOT, workspace, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      if (!name.startsWith(`${SCOPE}/`) || found.has(name)) continue;
      const folder = relative(ROOT, await realpath(join(ROOT, 'node_modules', name)));
      found.set(name, folder);
      await packagesOf([folder], found);
    }
  }
  return found;
}

async function mutate(copy: string, { workspace, find, replace }: Mutation): Promise<void> {
  const dist = join(copy, workspace, 'dist');
  const matches: { path: string; text: string }[] = [];
  for (const name of await readdir(dist, { recursive: true })) {
    if (!/\.(?:js|lua)$/.test(name)) continue;
    const path = join(dist, name);
    const text = await readFile(path, 'utf8');
    const count = [...text.matchAll(new RegExp(find, 'g'))].length;
    for (let n = 0; n < count; n++) matches.push({ path, text });
  }
  const [match, ...others] = matches;
  if (!match || others.length > 0) {
    throw new Error(`${workspace}: matched ${String(matches.length)} times, not once: ${String(find)}`);
  }
  await writeFile(match.path, match.text.replace(find, replace));
}
