import type { Ledger } from '@optout-sync/shared/ledger';
import type { PassRequests, PassStore, RequestedPass } from '@optout-sync/shared/reconcile';
import type { ForcedSyncRequests } from './forced-sync-requests';
import type { LedgerWalk } from './ledger-walk';

export interface RequestedPassEvents {
  requestedPassStarted(workspace: string, pass: RequestedPass): void;
  requestedPassEnded(workspace: string, pass: RequestedPass): void;
}

/**
 * Carries out the pass over the ledger that an operator asked for, as fast as the background of the rate limit allows. Its states
 * are those of `RequestedPass`; each step does one thing of the present state, so that any worker may take the next one.
 */
export class RequestedPasses {
  constructor(
    private readonly options: {
      readonly workspace: string;
      /** Most phones that one step asks to compare. */
      readonly pageSize: number;
      readonly ledger: Pick<Ledger, 'maxEntries'>;
      readonly passes: PassRequests;
      readonly sweeps: Pick<PassStore, 'read'>;
      readonly requests: ForcedSyncRequests;
      readonly walk: LedgerWalk;
      readonly telemetry: RequestedPassEvents;
    },
  ) {}

  /**
   * Does what is due.
   *
   * @param now Redis' time, in ms since 1970
   * @returns whether a pass waits or runs
   */
  async step(now: number): Promise<boolean> {
    const pass = await this.options.passes.read(this.options.workspace);
    if (pass?.state === 'waiting') await this.begin(now, pass);
    else if (pass?.state === 'running' && !pass.walked) await this.readPage(pass);
    else if (pass?.state === 'running') await this.endWhenCompared(now, pass);
    else return false;
    return true;
  }

  private async begin(now: number, pass: RequestedPass): Promise<void> {
    const { workspace, passes, sweeps, ledger, telemetry } = this.options;
    const { running, examined } = await sweeps.read(now);
    // A full sweep has counted the entries. The keys of Redis are more, since some hold something else.
    const estimated = !running && examined > 0 ? examined : await ledger.maxEntries();
    const fields = { state: 'running', startedAt: now, estimated };
    if (await passes.update(workspace, pass.id, ['waiting'], fields)) {
      telemetry.requestedPassStarted(workspace, pass);
    }
  }

  private async readPage(pass: RequestedPass): Promise<void> {
    const { workspace, passes, pageSize, requests, walk } = this.options;
    const limit = Math.min(pageSize, await requests.capacityOfRequested(workspace));
    if (limit <= 0) return;
    await walk.readPage({ ...pass, passes: { requested: pass.id } }, limit, (progress) =>
      passes.update(workspace, pass.id, ['running'], progress),
    );
  }

  private async endWhenCompared(now: number, pass: RequestedPass): Promise<void> {
    const { workspace, passes, requests, telemetry } = this.options;
    if (await requests.hasOpen(workspace, { requested: pass.id })) return;
    const fields = { state: 'ended', endedAt: now, cursor: '', estimated: pass.examined };
    if (!(await passes.update(workspace, pass.id, ['running'], fields))) return;
    // Read again: the last comparisons may have ended since.
    telemetry.requestedPassEnded(workspace, (await passes.read(workspace)) ?? pass);
  }
}
