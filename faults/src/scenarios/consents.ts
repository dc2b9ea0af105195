import { setTimeout as delay } from 'node:timers/promises';
import type { TwilioAccess } from '../environment/twilio-access';
import type { Scenario } from '../runner/scenario';

/** How Twilio's Consents API fails. */
const BEHAVIOURS: Readonly<Record<string, Parameters<TwilioAccess['behave']>[0]>> = {
  down: { failure: { status: 0 } },
  slow: { delayMs: 10_000 },
  503: { failure: { status: 503 } },
  429: { failure: { status: 429, headers: { 'retry-after': '1' } } },
  'key-refused': { failure: { status: 401 } },
};

/** Faults of a destination that is optional: no attribute waits for it, and it gets every opt-out in the end. */
export const consentScenarios: readonly Scenario[] = Object.entries(BEHAVIOURS).map(([name, behaviour]) => ({
  name: `consents-${name}`,
  // Below Twilio's limit, which is 41 consents a second.
  perSecond: 20,
  fullOnly: true,
  environment: { twilio: true },
  async inject(context) {
    const { twilio } = context.environment;
    await context.repeat(3, async () => {
      await context.waitForMessages(40);
      await context.fault(`Twilio's Consents API ${name}`, async () => {
        twilio?.behave(behaviour);
        await delay(context.durationMs(15_000, 2_000));
        // While it fails: every message has its outcome.
        await context.waitForRecovery();
        twilio?.behave();
      });
    });
  },
}));
