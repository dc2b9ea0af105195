import type { Ledger } from '@optout-sync/shared/ledger';
import type { PersonLook, PersonLooks } from '@optout-sync/shared/reconcile';
import type { SyncTarget } from '../destinations/sync-target';
import { Rounds } from '../lib/rounds';
import type { Lease } from '../reconcile/lease';
import { requestComparison, type ComparisonContext } from './request-comparison';

export interface PersonLookEvents {
  /** A round failed, as while Redis is away; it is repeated. */
  personLooksFailed(workspace: string, error: unknown): void;
}

/** Looks in one round. */
const PAGE = 500;

interface RoundOptions extends ComparisonContext {
  readonly workspace: string;
  readonly target: Pick<SyncTarget, 'policy'>;
  readonly looks: Pick<PersonLooks, 'due' | 'remove'>;
  readonly ledger: Pick<Ledger, 'read' | 'readWhole'>;
  readonly lease: Lease;
  readonly roundMs: number;
  readonly telemetry: PersonLookEvents;
}

/**
 * Requests the comparisons that are due of people who got a stopped number, in rounds.
 *
 *   waiting  for the lease. -> working when it is free or expires
 *   working  each round requests what is due, then removes it: a crash in between repeats it. -> waiting when another worker
 *            took the lease over
 */
export class PersonLookRounds {
  private readonly rounds: Rounds;

  constructor(private readonly options: RoundOptions) {
    const { workspace, roundMs, lease, telemetry } = options;
    this.rounds = new Rounds({
      everyMs: roundMs,
      round: () => this.round(),
      failed: (error) => {
        telemetry.personLooksFailed(workspace, error);
      },
      ended: () => lease.release(),
    });
  }

  start(): void {
    this.rounds.start();
  }

  /** Resolves when the round under way has ended and the lease is free. */
  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<void> {
    const { workspace, looks, lease } = this.options;
    if (!(await lease.hold())) return;
    const due = await looks.due(workspace, PAGE);
    await Promise.all(due.map((look) => this.look(look)));
    await looks.remove(workspace, due);
  }

  private async look({ subject, cioId }: PersonLook): Promise<void> {
    const { ledger, target } = this.options;
    if (cioId !== undefined && (await ledger.read(subject))?.people.includes(cioId)) return;
    await requestComparison(this.options, target, { subject, cioId }, 'prompt');
  }
}
