import { withBlockedLogs } from '../nemesis/block-logs';
import type { Scenario } from '../runner/scenario';

/** Nobody reads the log of an ingest, then of the worker, until its pipe has been full for long. */
export const logScenario: Scenario = {
  name: 'logs-blocked',
  fullOnly: true,
  perSecond: 100,
  environment: { env: { LOG_LEVEL: 'debug' } },
  async inject(context) {
    const [ingest] = context.environment.ingests;
    for (const managed of [ingest, context.environment.worker]) {
      await context.fault('log not read', () =>
        withBlockedLogs(managed, () => context.waitForMessages(3_000)),
      );
      await context.waitForRecovery();
    }
  },
};
