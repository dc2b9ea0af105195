import { CUSTOMERIO_EFFECTS, failCustomerIo } from '../nemesis/customerio';
import type { Scenario } from '../runner/scenario';

export const customerIoScenarios: readonly Scenario[] = Object.entries(CUSTOMERIO_EFFECTS).map(
  ([name, effect]) => ({
    name: `customerio-${name}`,
    async inject(context) {
      await context.repeat(6, async () => {
        await context.waitForMessages(40);
        const ms = context.durationMs(context.random.between(1_000, 3_000), 300);
        await context.fault(`Customer.io ${name}`, () => failCustomerIo(context, effect, ms));
      });
    },
  }),
);
