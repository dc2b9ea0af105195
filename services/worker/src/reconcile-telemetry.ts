import { maskPhone } from '@optout-sync/shared/domain';
import { DriftKind, type Finding, type PassCounts, type RequestedPass } from '@optout-sync/shared/reconcile';
import type { Logger } from '@optout-sync/shared/service';
import type { WorkerMetrics } from './metrics';
import type { CatchUpEvents } from './reconcile/native-catch-up';
import type { ReconcileEvents } from './reconcile/start-reconcilers';
import type { PassReport } from './reconcile/sweep';

/** What the reconciler does, in metrics and log together. */
export function reconcileTelemetry(metrics: WorkerMetrics, log: Logger): ReconcileEvents {
  return {
    ...passTelemetry(log),
    ...catchUpTelemetry(metrics, log),
    notReconciled(workspace) {
      log.info(
        { workspace },
        'no attribute is written in this workspace: it is not compared with the ledger',
      );
    },
    passState(workspace, { sweep, unverified, findings }) {
      if (sweep) {
        metrics.reconcilePassAge.set({ workspace }, sweep.ageMs / 1_000);
        metrics.reconcileOverrun.set({ workspace }, sweep.isOverrun ? 1 : 0);
      }
      metrics.reconcileUnverified.set({ workspace }, unverified);
      for (const kind of DriftKind.options) {
        metrics.reconcileFindings.set({ workspace, kind }, findings[kind]);
      }
    },
    unappliedRequested({ workspace, channel, phone }, destination) {
      metrics.reconcileDrift.inc({ workspace, kind: 'unapplied', action: 'requested' });
      log.warn(
        { workspace, channel, phone: maskPhone(phone), destination },
        destination === undefined
          ? 'an event waited without a sync job'
          : 'a phone waited for a destination without a job',
      );
    },
    reconcileFailed(workspace, err) {
      log.warn(
        { err, code: 'reconcile_failed', workspace },
        'a round of the reconciler failed and is repeated',
      );
    },
  };
}

type PassEvents = Pick<
  ReconcileEvents,
  'passStarted' | 'passEnded' | 'passReplaced' | 'requestedPassStarted' | 'requestedPassEnded'
>;

function passTelemetry(log: Logger): PassEvents {
  return {
    passStarted(workspace, mode, isReconfigured) {
      log.info(
        { workspace, mode },
        isReconfigured ? 'sweep started: the configuration has changed' : 'sweep started',
      );
    },
    passEnded(workspace, pass) {
      log.info({ workspace, ...sweepFields(pass) }, 'sweep ended');
    },
    passReplaced(workspace, pass) {
      log.info({ workspace, ...sweepFields(pass) }, 'sweep replaced by a new one before its end');
    },
    requestedPassStarted(workspace, { id, mode, by }) {
      log.info({ workspace, id, mode, by }, 'requested pass started');
    },
    requestedPassEnded(workspace, { id, by, ...pass }) {
      log.info({ workspace, id, by, ...passFields(pass) }, 'requested pass ended');
    },
  };
}

function catchUpTelemetry(metrics: WorkerMetrics, log: Logger): CatchUpEvents {
  return {
    catchUpStarted(workspace) {
      log.info(
        { workspace },
        'the native list was switched on: opt-outs from before are written to it in the background',
      );
    },
    catchUpProgressed(workspace, ratio) {
      metrics.nativeCatchUp.set({ workspace }, ratio);
    },
    catchUpEnded(workspace, { examined, requested }, seconds) {
      log.info(
        { workspace, examined, requested, seconds },
        'all opt-outs from before are requested for the native list',
      );
    },
  };
}

function sweepFields({ seconds, sample, ...pass }: PassReport): object {
  return { ...passFields(pass), seconds, ...(sample.length > 0 && { sample: sample.map(sampleFields) }) };
}

function passFields({
  mode,
  examined,
  requested,
  checked,
  found,
  repaired,
}: Pick<RequestedPass, 'examined' | 'requested' | 'checked' | 'found' | 'repaired'> & {
  readonly mode?: RequestedPass['mode'] | undefined;
}): object {
  return { mode, examined, requested, checked, found: nonZero(found), repaired: nonZero(repaired) };
}

function sampleFields({ subject: { channel, phone }, kind, total }: Finding): object {
  return { channel, phone: maskPhone(phone), kind, people: total };
}

function nonZero(counts: PassCounts): object {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}
