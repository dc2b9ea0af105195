import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './launcher';

const LAUNCHER = 'packages/local-runtime/dist';
/** What the launcher starts. */
const LINKED = [
  'node_modules',
  'services',
  'packages/cli',
  'packages/customerio-sandbox',
  'packages/twilio-simulator',
];

/** A checkout with a data folder of its own, whose programs are those of this checkout. */
export interface Checkout {
  readonly root: string;
  remove(): Promise<void>;
}

/** The launcher finds `data/` beside its own file, and is copied therefore. */
export async function newCheckout(): Promise<Checkout> {
  const root = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  await cp(join(ROOT, LAUNCHER), join(root, LAUNCHER), { recursive: true });
  for (const path of LINKED) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(join(ROOT, path), join(root, path));
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
