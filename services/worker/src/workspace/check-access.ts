import type { JobError } from '@optout-sync/shared/domain';
import { ConfigError } from '@optout-sync/shared/config';
import type { Workspace } from './workspace';

export interface AccessEvents {
  /** Customer.io rejects the keys or the region of a workspace. */
  workspaceRefused(error: string): void;
  accessUnchecked(failure: JobError): void;
}

/**
 * Checks the keys and the region of all workspaces. A workspace that Customer.io rejects does not stop the others: its
 * opt-outs wait until an operator corrects its configuration. It is paused from the start, so that the metrics say so before its first
 * opt-out comes. One that cannot be reached counts as accepted.
 *
 * @throws {ConfigError} with all errors, when Customer.io rejects every workspace
 */
export async function checkAllAccess(
  workspaces: readonly Pick<Workspace, 'checkAccess' | 'probe'>[],
  telemetry: AccessEvents,
): Promise<void> {
  const checks = await Promise.all(workspaces.map((workspace) => workspace.checkAccess()));
  const errors = checks.flatMap((check) => check.errors);
  if (checks.every((check) => check.errors.length > 0)) throw new ConfigError(errors);
  for (const error of errors) telemetry.workspaceRefused(error);
  await Promise.all(workspaces.filter((_, n) => checks[n]?.errors.length).map((refused) => refused.probe()));
  for (const failure of checks.flatMap((check) => check.unchecked)) telemetry.accessUnchecked(failure);
}
