import { isOver, type ReplayRun } from '@optout-sync/shared/dead-letters';
import { withoutPhones } from '@optout-sync/shared/domain';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';
import { filterText } from './filter-text';

const iso = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());

/** `run-1f... is running: 20 of 50 replayed, 1 cannot be replayed and stays` */
export function progressText({ id, state, total, done, failed, skipped }: ReplayRun): string {
  return [
    `${id} is ${state}: ${String(done)} of ${String(total)} replayed`,
    ...(failed > 0 ? [`${String(failed)} cannot be replayed and ${failed === 1 ? 'stays' : 'stay'}`] : []),
    ...(skipped > 0 ? [`${String(skipped)} skipped`] : []),
  ].join(', ');
}

/** The outcomes of the requeued jobs so far, the most frequent first. */
export function outcomesText({ outcomes, done }: ReplayRun): string {
  const entries = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const known = entries.reduce((sum, [, count]) => sum + count, 0);
  const texts = entries.map(([outcome, count]) => `${String(count)} ${outcome}`);
  const open = Math.max(0, done - known);
  return [...texts, ...(open > 0 ? [`${String(open)} open`] : [])].join(', ') || 'none yet';
}

/** A line for each dead letter that was not replayed. */
export function skipTexts(skipReasons: Readonly<Record<string, string>>): string[] {
  return Object.entries(skipReasons).map(([id, reason]) => `${id} stays: ${reason}`);
}

export function runText(run: ReplayRun, skipReasons: Readonly<Record<string, string>>): string {
  return [
    progressText(run),
    withoutPhones(`by ${run.by}: ${run.why}`),
    `filter:   ${filterText(run.filter)}${run.rate === undefined ? '' : `, ${String(run.rate)} per second`}`,
    `created:  ${iso(run.createdAt)}`,
    ...(run.startedAt === undefined ? [] : [`started:  ${iso(run.startedAt)}`]),
    ...(isOver(run) ? [`ended:    ${iso(run.endedAt)}`] : []),
    `outcomes: ${outcomesText(run)}`,
    ...skipTexts(skipReasons),
  ].join('\n');
}

export function runsTable(terminal: Terminal, runs: readonly ReplayRun[]): string {
  return tableText(
    terminal,
    ['run', 'created', 'state', 'total', 'done', 'failed', 'skipped', 'by', 'why'],
    runs.map(({ id, createdAt, state, total, done, failed, skipped, by, why }) => [
      ...[id, iso(createdAt), state, total, done, failed, skipped, withoutPhones(by), withoutPhones(why)],
    ]),
  );
}
