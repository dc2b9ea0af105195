import { uncorrected } from '@optout-sync/operations';
import type { RequestedPass } from '@optout-sync/shared/reconcile';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

const iso = (ms: number): string => new Date(ms).toISOString();

/** How far a pass is, what it found, and what remains to be done. */
export function passText(terminal: Terminal, pass: RequestedPass): string {
  const { state, mode, by, requestedAt, startedAt, endedAt, examined, checked, found } = pass;
  const kinds = Object.entries(found).filter(([, n]) => n > 0);
  return [
    `Pass ${pass.id}, asked for by ${by} at ${iso(requestedAt)}: ${state}, ${mode === 'enforce' ? 'corrects' : 'only reports'}`,
    [
      `${String(examined)} entries examined`,
      `${String(checked)} compared`,
      ...(startedAt === undefined ? [] : [`began ${iso(startedAt)}`]),
      ...(endedAt === undefined ? [] : [`ended ${iso(endedAt)}`]),
    ].join(', '),
    ...(kinds.length > 0 ? [foundTable(terminal, pass)] : []),
    conclusion(pass),
  ].join('\n');
}

function foundTable(terminal: Terminal, { found, repaired }: RequestedPass): string {
  const rows = Object.entries(found).flatMap(([kind, n]) =>
    n > 0 ? [[kind, n, repaired[kind as keyof typeof repaired]]] : [],
  );
  return tableText(terminal, ['kind', 'found', 'corrected'], rows);
}

function conclusion(pass: RequestedPass): string {
  const rest = uncorrected(pass);
  if (rest > 0) {
    return `${String(rest)} ${rest === 1 ? 'person differs' : 'people differ'}: \`optouts list --drifted\` lists them.`;
  }
  if (pass.settling > 0) {
    const phones = pass.settling === 1 ? '1 phone shows' : `${String(pass.settling)} phones show`;
    return `${phones} another value within a minute after the write, which may be lag. Repeat this in a minute; nobody else differs.`;
  }
  return pass.state === 'ended' ? 'Customer.io agrees with the ledger.' : 'Nobody differs so far.';
}

/** A pass as `--json` prints it. */
export function passJson(pass: RequestedPass): Record<string, unknown> {
  const { id, state, mode, by, requestedAt, startedAt = null, endedAt = null } = pass;
  const { estimated = null, examined, requested, checked, unverified, settling, found, repaired } = pass;
  return {
    ...{ id, state, mode, by, requestedAt, startedAt, endedAt },
    ...{ estimated, examined, requested, checked, unverified, settling, found, corrected: repaired },
    uncorrected: uncorrected(pass),
  };
}
