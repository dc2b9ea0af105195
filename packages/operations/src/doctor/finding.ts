import { FINDINGS, type FindingCode } from './finding-codes';

/** The parts of the check-up, in their order. */
export const AREAS = [
  'configuration',
  'redis',
  'queues',
  'customerio',
  'twilio',
  'webhooks',
  'public_url',
] as const;
export type Area = (typeof AREAS)[number];

/** One result of the check-up. */
export interface Finding {
  readonly area: Area;
  /** `skipped`: it could not be checked, for a reason that another finding names or that is no fault. */
  readonly level: 'ok' | 'skipped' | 'warning' | 'failure';
  /** Missing for `ok` and `skipped`. */
  readonly code?: FindingCode;
  /** What was found, without secrets and personal data. */
  readonly what: string;
  readonly why?: string;
  readonly how?: string;
  readonly command?: string;
  /** Lines to paste into the configuration file. */
  readonly yaml?: string;
}

export const ok = (area: Area, what: string): Finding => ({ area, level: 'ok', what });
export const skipped = (area: Area, what: string): Finding => ({ area, level: 'skipped', what });

/** A finding that has to be mended; reason and remedy come from the table of its code. */
export function problem(
  area: Area,
  code: FindingCode,
  what: string,
  more: Pick<Finding, 'yaml' | 'command'> = {},
): Finding {
  return { area, code, what, ...FINDINGS[code], ...more };
}
