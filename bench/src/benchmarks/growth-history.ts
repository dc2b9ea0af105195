import { MessageSid } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import { messageSid } from '@optout-sync/twilio-simulator';
import type { PerformanceTarget, Table } from '../harness/benchmark';
import { compare, figures, type ContenderResult } from '../harness/compare';
import { summarize } from '../harness/statistics';
import { stopEvent } from '../load/stop-events';
import { number, spreadOf } from '../report/format';
import { atMost } from '../report/targets';
import { microsecondsEach, subjectOf } from './growth-work';

/** Numbers of messages of one phone. */
const LENGTHS = [100, 1_000, 10_000] as const;
const SAMPLE = 200;
const COST = 'µs';

const nameOf = (length: number): string => `${number(length)} messages`;

/**
 * Measures what one more message costs, recorded and settled, of a phone that has sent many: a STOP and a START in turn, so that each
 * makes a version.
 */
export async function measureHistory(
  ledger: Ledger,
  bench: Parameters<typeof compare>[1],
): Promise<readonly ContenderResult[]> {
  const contenders = [];
  for (const [index, length] of LENGTHS.entries()) {
    const send = conversation(ledger, index);
    await send(length);
    const measure = async () => ({ [COST]: await microsecondsEach(() => send(SAMPLE), SAMPLE) });
    contenders.push({ name: nameOf(length), measure });
  }
  return compare(contenders, bench);
}

/** Records and settles messages of one phone, a millisecond apart. */
function conversation(ledger: Ledger, index: number): (messages: number) => Promise<void> {
  const subject = subjectOf(9_000_000 + index);
  const startedAt = Date.now() - 86_400_000;
  let sent = 0;
  return async (messages) => {
    for (let left = messages; left > 0; left--, sent++) {
      const at = startedAt + sent;
      const { version } = await ledger.record(subject, {
        ...stopEvent(9_000_000 + index),
        kind: sent % 2 === 0 ? 'stop' : 'start',
        messageSid: MessageSid.parse(messageSid()),
        occurredAt: at,
        receivedAt: at,
      });
      await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a3000001'] });
    }
  };
}

export function historyTable(results: readonly ContenderResult[]): Table {
  return {
    title: 'one phone as its history grows',
    columns: ['messages of the phone', 'µs to record and settle one more'],
    rows: LENGTHS.map((length) => [number(length), spreadOf(results, nameOf(length), COST)]),
  };
}

export function historyTarget(results: readonly ContenderResult[]): PerformanceTarget {
  const at = (length: number): number => summarize(figures(results, nameOf(length), COST)).median;
  return atMost(
    `a message of a phone with ${number(10_000)} to that with ${number(100)}`,
    summarize([at(10_000) / at(100)]),
    1.5,
  );
}
