import { loggedInbound, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { Way } from './way';

const ONLY_OURS = { result: 'opted out', ofFunction: 'nothing' } as const;
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();

/** How a STOP arrives when something fails, or out of turn. */
export const DELIVERIES: readonly Way[] = [
  {
    way: 'STOP while the webhook is down, by the fallback URL',
    result: 'opted out',
    ofFunction: undefined,
    tell: async ({ phone, world }) => {
      const more = { ErrorCode: '11200', ErrorUrl: 'https://optout.example.com/webhooks/twilio/messages' };
      const params = twilioMessage({ From: phone, Body: 'STOP', ...more });
      expect((await world.system.deliver(world.fallback, params)).status).toBe(200);
    },
  },
  {
    way: 'STOP while the webhook is down, by Event Streams',
    ...ONLY_OURS,
    tell: (scene) => scene.stream(streamInbound({ from: scene.phone, body: 'STOP', timestamp: ago(2) })),
  },
  {
    way: "STOP while the webhook is down, found in Twilio's log",
    ...ONLY_OURS,
    tell({ phone, world }) {
      world.twilio.log(loggedInbound(new Date(ago(600)), { from: phone, body: 'STOP' }));
    },
  },
  {
    way: "a keyword of Advanced Opt-Out while the webhook is down, found in Twilio's log",
    result: 'nothing',
    ofFunction: 'nothing',
    tell({ phone, world }) {
      world.twilio.log(loggedInbound(new Date(ago(600)), { from: phone, body: 'ENOUGH' }));
    },
  },
  {
    way: 'the same STOP by webhook and by Event Streams',
    result: 'opted out',
    ofFunction: 'opted out',
    async tell(scene) {
      const { MessageSid } = await scene.text('STOP');
      const timestamp = ago(0);
      await scene.stream(
        streamInbound({ from: scene.phone, body: 'STOP', messageSid: MessageSid, timestamp }),
      );
    },
    async also(scene) {
      expect((await scene.entry())?.history).toHaveLength(1);
    },
  },
  {
    way: 'STOP that is delivered again after a START',
    result: 'opted in',
    ofFunction: 'opted out',
    async tell(scene) {
      const { MessageSid } = await scene.text('STOP');
      await scene.text('START');
      await scene.settled(2);
      await scene.text('STOP', { MessageSid, SmsSid: MessageSid, SmsMessageSid: MessageSid });
    },
  },
  {
    way: 'STOP that arrives after the START that followed it',
    result: 'opted in',
    ofFunction: 'opted out',
    async tell(scene) {
      await scene.stream(streamInbound({ from: scene.phone, body: 'START', timestamp: ago(30) }));
      await scene.settled();
      await scene.stream(streamInbound({ from: scene.phone, body: 'STOP', timestamp: ago(60) }));
      for (const Body of ['START', 'STOP']) await scene.callFunction({ From: scene.phone, Body });
      await scene.settled(2);
    },
  },
];

/** What delays everybody: told alone, after all others. */
export const OUTAGES: readonly Way[] = [
  {
    way: 'STOP while Customer.io is down',
    ...ONLY_OURS,
    async tell(scene) {
      const effect = { kind: 'status', status: 503 } as const;
      const [down] = [scene.world.system.sandbox, scene.world.ofFunction].map((one) => one.fault({ effect }));
      await scene.text('STOP');
      await waitFor(() => (down?.hits ?? 0) > 0, { what: 'a request that Customer.io refuses' });
      expect(await scene.result()).toBe('nothing');
      scene.world.system.sandbox.clearFaults();
      scene.world.ofFunction.clearFaults();
      await scene.settled();
    },
  },
];
