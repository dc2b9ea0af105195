import type { MessageLog } from '../environment/message-log';
import type { Scenario } from '../runner/scenario';

/** What happens to Twilio's message log, and what ends it. */
const FAULTS: readonly {
  readonly name: string;
  readonly begin: (log: MessageLog) => unknown;
  readonly end: (log: MessageLog) => unknown;
}[] = [
  { name: 'is down', begin: ({ proxy }) => proxy.refuse(), end: ({ proxy }) => proxy.accept() },
  {
    name: 'is silent',
    begin: ({ proxy }) => {
      proxy.blackhole();
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
  },
  {
    name: 'is slow',
    begin: ({ proxy }) => {
      proxy.throttle(40);
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
  },
  ...[429, 500, 401].map((status) => ({
    name: `answers ${String(status)}`,
    begin: (log: MessageLog) => {
      log.refuse(status, 6);
    },
    end: () => undefined,
  })),
];

/** Opt-outs are applied while the message log cannot be read, and it is read again afterwards. */
export const messageLogScenario: Scenario = {
  name: 'twilio-message-log',
  fullOnly: true,
  environment: { messageLog: true },
  async inject(context) {
    const { messageLog } = context.environment;
    await messageLog.isRead();
    for (const { name, begin, end } of FAULTS) {
      await context.fault(`Twilio's message log ${name}`, async () => {
        await begin(messageLog);
        await context.waitForMessages(40);
        // All while it lasts: what waited for the log would never end.
        await context.waitForRecovery();
        await end(messageLog);
      });
    }
    await messageLog.isRead();
  },
};
