import { z } from 'zod';
import { ReconcileMode } from '../domain/reconcile-mode';
import { duration } from './fields';
import { defaultOf } from './variables';

export interface ReconcileConfig {
  /** In ms; missing when it is off. */
  readonly periodMs: number | undefined;
  /** Missing where it is not set: then the first comparison of a workspace only reports. */
  readonly mode: ReconcileMode | undefined;
}

export const reconcileEnv = {
  RECONCILE_PERIOD: z
    .union([z.literal('off').transform(() => undefined), duration], {
      error: 'must be off or a duration such as 15s, 30m or 24h',
    })
    .prefault(defaultOf('RECONCILE_PERIOD')),
  RECONCILE_MODE: z.enum(ReconcileMode.options, { error: 'must be enforce or report' }).optional(),
};

export function reconcileConfig(env: {
  readonly RECONCILE_PERIOD: number | undefined;
  readonly RECONCILE_MODE?: ReconcileMode | undefined;
}): ReconcileConfig {
  return { periodMs: env.RECONCILE_PERIOD, mode: env.RECONCILE_MODE };
}
