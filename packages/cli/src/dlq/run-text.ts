import Table from 'cli-table3';
import { isOver, type ReplayRun } from '@optout-sync/shared/dead-letters';
import { filterText } from './filter-options';

const iso = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());

/** `run-1f... is running: 20 of 50 replayed, 1 stays` */
export function progressText({ id, state, total, done, failed, skipped }: ReplayRun): string {
  return [
    `${id} is ${state}: ${String(done)} of ${String(total)} replayed`,
    ...(failed > 0 ? [`${String(failed)} cannot be and stay`] : []),
    ...(skipped > 0 ? [`${String(skipped)} skipped`] : []),
  ].join(', ');
}

/** What became of what a run put back to work, as far as it is known. */
export function outcomesText({ outcomes, done }: ReplayRun): string {
  const entries = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const known = entries.reduce((sum, [, count]) => sum + count, 0);
  const texts = entries.map(([outcome, count]) => `${String(count)} ${outcome}`);
  const open = Math.max(0, done - known);
  return [...texts, ...(open > 0 ? [`${String(open)} to come`] : [])].join(', ') || 'nothing yet';
}

export function runText(run: ReplayRun, kept: Readonly<Record<string, string>>): string {
  return [
    progressText(run),
    `by ${run.by}: ${run.why}`,
    `letters:  ${filterText(run.filter)}${run.rate === undefined ? '' : `, ${String(run.rate)} a second`}`,
    `made:     ${iso(run.createdAt)}`,
    ...(run.startedAt === undefined ? [] : [`started:  ${iso(run.startedAt)}`]),
    ...(isOver(run) ? [`${run.state === 'finished' ? 'finished: ' : 'cancelled:'}${iso(run.endedAt)}`] : []),
    `outcomes: ${outcomesText(run)}`,
    ...Object.entries(kept).map(([id, why]) => `${id} stays: ${why}`),
  ].join('\n');
}

export function runsTable(runs: readonly ReplayRun[]): string {
  const table = new Table({
    head: ['run', 'made', 'state', 'total', 'done', 'failed', 'skipped', 'by', 'why'],
    style: { head: [], border: [] },
  });
  for (const { id, createdAt, state, total, done, failed, skipped, by, why } of runs) {
    table.push([id, iso(createdAt), state, total, done, failed, skipped, by, why]);
  }
  return table.toString();
}
