import { CircuitState } from 'cockatiel';
import { LANES } from '@optout-sync/shared/queues';
import type { Logger } from '@optout-sync/shared/service';
import type { WorkerMetrics } from '../metrics';
import type { WorkspaceEvents } from './workspace';

const BREAKER_STATES: Readonly<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
};

export function workspaceTelemetry(metrics: WorkerMetrics, log: Logger): WorkspaceEvents {
  return {
    requested(workspace, api, operation, status, seconds) {
      metrics.requests.inc({ api, operation, status, workspace });
      metrics.requestSeconds.observe({ api, operation, workspace }, seconds);
    },
    budgetOpened(workspace, api, rps) {
      metrics.budget.set({ workspace, api }, rps);
      metrics.heldBack.inc({ workspace, api }, 0);
      for (const lane of LANES) metrics.budgetWait.zero({ workspace, api, lane });
    },
    slotGranted(workspace, api, lane, seconds) {
      metrics.budgetWait.observe({ workspace, api, lane }, seconds);
    },
    heldBack(workspace, api, seconds) {
      metrics.heldBack.inc({ workspace, api }, seconds);
    },
    ...consentTelemetry(metrics, log),
    searched(workspace, phones) {
      metrics.lookupPhones.observe({ workspace }, phones);
    },
    workspaceOpened(workspace) {
      metrics.lookupPhones.zero({ workspace });
      metrics.workspacePaused.set({ workspace }, 0);
    },
    breakerChanged(workspace, api, state) {
      metrics.breakerState.set({ workspace, api }, BREAKER_STATES[state]);
    },
    unsearchedFormat(workspace) {
      metrics.unsearchedFormats.inc({ workspace });
    },
    customerIoDown(workspace, api, failure, operation) {
      const { code: reason, status } = failure ?? {};
      log.warn(
        { code: 'customerio_down', workspace, api, operation, reason, status },
        operation === undefined
          ? 'Customer.io is down: jobs wait for it'
          : 'an optional operation of Customer.io fails: its jobs wait for it, and nothing else does',
      );
    },
    customerIoUp(workspace, api, operation) {
      log.info({ workspace, api, operation }, 'Customer.io works again');
    },
    workspacePaused(workspace, api, failure, operation) {
      metrics.workspacePaused.set({ workspace }, 1);
      const { code: reason, status, message } = failure ?? {};
      log.error(
        { code: 'workspace_paused', workspace, api, operation, reason, status },
        operation === undefined
          ? 'Customer.io refuses the keys or the region of a workspace: its jobs wait until they are corrected'
          : `jobs of a workspace wait: ${message ?? 'an operation is rejected'}`,
      );
    },
    workspaceResumed(workspace) {
      metrics.workspacePaused.set({ workspace }, 0);
      log.info({ workspace }, 'workspace resumed');
    },
  };
}

function consentTelemetry(
  metrics: WorkerMetrics,
  log: Logger,
): Pick<WorkspaceEvents, 'twilioRequested' | 'twilioBreakerChanged' | 'twilioChanged'> {
  return {
    twilioRequested(workspace, status) {
      metrics.twilioRequests.inc({ status, workspace });
    },
    twilioBreakerChanged(workspace, account, state) {
      metrics.twilioBreaker.set({ workspace, account }, BREAKER_STATES[state]);
    },
    twilioChanged(workspace, account, state, failure) {
      if (state === 'closed') {
        log.info({ workspace, account }, "Twilio's Consents API works again");
        return;
      }
      const { code: reason, status } = failure ?? {};
      log.warn(
        { code: 'twilio_consents_wait', workspace, account, reason, status },
        state === 'blocked'
          ? 'Twilio refuses the API key for consents: opt-outs wait to be written to its list until it is corrected'
          : "Twilio's Consents API is down: opt-outs wait to be written to its list",
      );
    },
  };
}
