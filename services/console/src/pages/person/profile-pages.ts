import { profilePages, workspaceConfigOf } from '@optout-sync/operations';
import type { ConsoleContext } from '../../context';

const KEPT_MS = 600_000;

interface Kept {
  readonly address: Promise<string | undefined>;
  readonly until: number;
}

/** The addresses by workspace, of each console: they are asked for once in ten minutes. */
const kept = new WeakMap<ConsoleContext, Map<string, Kept>>();

/** Returns the address of people's pages in Customer.io, to which a cio_id is added; `undefined` where there are none. */
export async function profilePagesOf(
  context: ConsoleContext,
  workspace: string,
): Promise<string | undefined> {
  const ofConsole = kept.get(context) ?? new Map<string, Kept>();
  kept.set(context, ofConsole);
  const present = ofConsole.get(workspace);
  if (present && present.until > Date.now()) return present.address;
  const address = ask(context, workspace);
  ofConsole.set(workspace, { address, until: Date.now() + KEPT_MS });
  return address;
}

/** A workspace that is no longer configured has no link; its page is shown all the same. */
async function ask({ env }: ConsoleContext, workspace: string): Promise<string | undefined> {
  try {
    return await profilePages(workspaceConfigOf(env, workspace));
  } catch {
    return undefined;
  }
}
