import type { DeadLetter, StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import type { PhoneOptions } from '../frame/phones';

const LEFT_OUT = 'left out: --reveal shows it';

/** A dead letter as `--json` prints it: under the key `letter`, which scripts rely on. Unless revealed without what is raw. */
export function deadLetterJson({ id, deadLetter, run }: StoredDeadLetter, { reveal }: PhoneOptions): unknown {
  const letter = reveal ? deadLetter : { ...deadLetter, undone: withoutContent(deadLetter) };
  return { id, letter, ...(run === undefined ? {} : { run }) };
}

/** What is undone, without data as they were received: they may have a phone in any spelling, what somebody wrote, and secrets. */
function withoutContent({ undone }: DeadLetter): unknown {
  if (undone.type === 'raw') return { ...undone, data: LEFT_OUT };
  if (undone.type !== 'forward') return undone;
  const { version, id, target, method } = undone.request;
  const raw = { query: LEFT_OUT, headers: LEFT_OUT, body: LEFT_OUT };
  return { ...undone, request: { version, id, target: new URL(target).host, method, ...raw } };
}
