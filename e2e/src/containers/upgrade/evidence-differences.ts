import { expectedConsents } from './expected-consent';
import type { Person } from './said';

type Attributes = Readonly<Record<string, unknown>>;

/** Compares the evidence on a profile with what a person said to one sender while all workers were new. @returns what differs */
export function evidenceDifferences({ phone, workers, said }: Person, profile: Attributes): string[] {
  const [consent, ...others] = expectedConsents(said).values();
  if (workers !== 'new' || !consent || others.length > 0) return [];
  const { first, last } = consent;
  const { consent_at: at, consent_reason: reason } = profile;
  const [earliest, latest] = [Math.floor(first.earliest / 1_000), Math.floor(last.latest / 1_000)];
  const isRight = reason === first.reason && Number(at) >= earliest && Number(at) <= latest;
  return isRight ? [] : [`${phone} ${String(reason)} at ${String(at)}`];
}
