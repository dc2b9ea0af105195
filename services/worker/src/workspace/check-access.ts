import type { JobError } from '@optout-sync/shared/domain';
import { ConfigError } from '@optout-sync/shared/config';
import type { Workspace } from './workspace';

export interface AccessEvents {
  /** Customer.io rejects the keys or the region of a workspace. */
  workspaceRefused(mistake: string): void;
  accessUnchecked(failure: JobError): void;
}

/**
 * Checks the keys and the region of all workspaces. A workspace that Customer.io rejects does not stop the others: its
 * opt-outs wait until an operator corrects its configuration. One that cannot be reached counts as accepted.
 *
 * @throws {ConfigError} with all mistakes, when Customer.io rejects every workspace
 */
export async function checkAllAccess(
  workspaces: readonly Workspace[],
  telemetry: AccessEvents,
): Promise<void> {
  const checks = await Promise.all(workspaces.map((workspace) => workspace.checkAccess()));
  const mistakes = checks.flatMap((check) => check.mistakes);
  if (checks.every((check) => check.mistakes.length > 0)) throw new ConfigError(mistakes);
  for (const mistake of mistakes) telemetry.workspaceRefused(mistake);
  for (const failure of checks.flatMap((check) => check.unchecked)) telemetry.accessUnchecked(failure);
}
