import type { QueueStatus, Status, WorkspaceStatus } from '@optout-sync/operations';
import { LATE_MS } from '@optout-sync/shared/unapplied';
import { painter } from '../frame/colors';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

/** A system on one screen of 80 columns and 24 rows. */
export function statusText(terminal: Terminal, status: Status): string {
  const paint = painter(terminal);
  const line = (label: string, text: string): string => `${paint('bold', label.padEnd(13))}${text}`;
  return [
    line('time', `${new Date(status.at).toISOString()} (Redis)`),
    line('processes', processesText(status)),
    line('webhooks', `${countsText(status.counts.ingest)} in the last hour`),
    line('outcomes', `${countsText(status.counts.worker)} in the last hour`),
    line('unapplied', unappliedText(terminal, status)),
    line('spool', spoolText(terminal, status)),
    line('dead letters', deadLettersText(terminal, status)),
    ...(status.damagedKeys.length > 0 ? [line('damaged', damagedText(terminal, status))] : []),
    ...(status.sentAfter > 0 ? [line('sent after', sentAfterText(terminal, status))] : []),
    '',
    tableText(
      terminal,
      ['queue', 'waiting', 'background', 'delayed', 'active'],
      status.queues.map(({ name, ...jobs }: QueueStatus) => [
        ...[name, jobs.waiting, jobs.background, jobs.delayed, jobs.active],
      ]),
    ),
    '',
    tableText(
      terminal,
      ['workspace', 'unapplied', 'oldest', 'differ', 'last sweep'],
      status.workspaces.map((workspace) => workspaceRow(workspace, status.at)),
    ),
  ].join('\n');
}

function processesText({ instances }: Status): string {
  const count = (service: string): string => {
    const n = instances.filter((one) => one.service === service).length;
    return `${String(n)} ${service}`;
  };
  return `${count('ingest')}, ${count('worker')}`;
}

/** `4 applied, 1 no_match`, the most frequent first. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.map(([outcome, count]) => `${String(count)} ${outcome}`).join(', ') || 'none';
}

function unappliedText(terminal: Terminal, { workspaces, at }: Status): string {
  const paint = painter(terminal);
  const count = workspaces.reduce((sum, { unapplied }) => sum + unapplied.count, 0);
  if (count === 0) return paint('green', 'none: Customer.io holds every opt-out');
  const oldest = Math.min(...workspaces.map(({ unapplied }) => unapplied.oldest ?? Infinity));
  const text = `${String(count)} opt-outs, the oldest for ${ageText(at - oldest)}`;
  return paint(at - oldest > LATE_MS ? 'red' : 'yellow', text);
}

function spoolText(terminal: Terminal, { instances, at }: Status): string {
  const spools = instances.flatMap(({ spool }) => spool ?? []);
  if (spools.length === 0) return 'unknown: no ingest reports';
  const items = spools.reduce((sum, spool) => sum + spool.items, 0);
  if (items === 0) return 'empty';
  const oldest = Math.min(...spools.map((spool) => spool.oldest ?? at));
  return painter(terminal)('yellow', `${String(items)} webhooks, the oldest for ${ageText(at - oldest)}`);
}

function deadLettersText(terminal: Terminal, { deadLetters, openRuns }: Status): string {
  const runs = openRuns === 0 ? '' : `; ${String(openRuns)} replay runs under way`;
  if (deadLetters.count === 0) return `none${runs}`;
  const count = `${deadLetters.exact ? '' : 'at least '}${String(deadLetters.count)}`;
  return painter(terminal)('yellow', `${count}: optout-sync dlq list${runs}`);
}

function damagedText(terminal: Terminal, { damagedKeys }: Status): string {
  const text = `another program wrote ${damagedKeys.join(', ')}: what is read from it counts as 0`;
  return painter(terminal)('red', text);
}

function sentAfterText(terminal: Terminal, { sentAfter }: Status): string {
  const messages = sentAfter === 1 ? 'message' : 'messages';
  const text = `${String(sentAfter)} ${messages} after an opt-out in 24 h: optout-sync sent-after list`;
  return painter(terminal)('red', text);
}

function workspaceRow({ name, unapplied, drifted, sweep }: WorkspaceStatus, at: number): (string | number)[] {
  const oldest = unapplied.oldest === undefined ? '' : ageText(at - unapplied.oldest);
  return [name, unapplied.count, oldest, drifted, sweepText(sweep, at)];
}

function sweepText(sweep: WorkspaceStatus['sweep'], at: number): string {
  if (!sweep) return 'none yet';
  if (sweep.running && sweep.startedAt !== undefined) return `running for ${ageText(at - sweep.startedAt)}`;
  return sweep.endedAt === undefined ? 'none yet' : `ended ${ageText(at - sweep.endedAt)} ago`;
}

/** `12 s`, `3 min`, `5.2 h`, `4 d` */
function ageText(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  if (seconds < 5_400) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(0)} d`;
}
