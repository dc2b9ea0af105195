import type { TcpProxy } from '@optout-sync/testkit';
import { partition, strandConnections } from '../nemesis/network';
import type { Scenario } from '../runner/scenario';
import type { ScenarioContext } from '../runner/scenario-context';

const toRedis = ({ environment }: ScenarioContext): TcpProxy[] =>
  [...environment.ingests, environment.worker].map(({ redis }) => redis);

const toCustomerIo = ({ environment }: ScenarioContext): TcpProxy[] => [environment.customerIo];

function halfOpen(name: string, proxiesOf: (context: ScenarioContext) => TcpProxy[]): Scenario {
  return {
    name,
    async inject(context) {
      const proxies = proxiesOf(context);
      await context.repeat(3, async () => {
        await context.waitForMessages(40);
        await context.fault('half-open connections', () => strandConnections(proxies));
        await context.waitForRecovery();
      });
      await context.repeat(2, async () => {
        await context.waitForMessages(40);
        await context.fault('partition', () => partition(proxies, context.durationMs(12_000, 1_000)));
        await context.waitForRecovery();
      });
    },
  };
}

export const networkScenarios: readonly Scenario[] = [
  halfOpen('half-open-redis', toRedis),
  halfOpen('half-open-customerio', toCustomerIo),
];
