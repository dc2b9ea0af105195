import { messageSid } from '@optout-sync/twilio-simulator';
import type { Scene } from './scene';
import type { Way } from './way';

const NOTHING = { result: 'nothing', ofFunction: 'nothing' } as const;
const ONLY_OURS = { result: 'opted out', ofFunction: 'nothing' } as const;
const BOTH = { result: 'opted out', ofFunction: 'opted out' } as const;
const rcs = ({ phone }: Scene): Record<string, string> => ({ From: `rcs:${phone}`, To: 'rcs:brand_agent' });
const whatsApp = ({ phone }: Scene): Record<string, string> => ({
  From: `whatsapp:${phone}`,
  To: 'whatsapp:+15005550006',
});
const withoutService = (To: string) => ({ To, MessagingServiceSid: undefined });
const expectSenders = async (scene: Scene, senders: readonly string[]): Promise<void> => {
  expect([...((await scene.entry())?.senders.keys() ?? [])]).toEqual(senders);
};

/** What a person texts. Twilio classifies none of it, unless there is an `OptOutType`. */
export const WORDS: readonly Way[] = [
  { way: 'STOP', ...BOTH, tell: (scene) => scene.text('STOP') },
  { way: 'a keyword in lower case: "unsubscribe"', ...BOTH, tell: (scene) => scene.text('unsubscribe') },
  {
    way: 'a keyword with spaces and punctuation: " Stop. "',
    ...ONLY_OURS,
    tell: (scene) => scene.text(' Stop. '),
  },
  { way: 'REVOKE', ...ONLY_OURS, tell: (scene) => scene.text('REVOKE') },
  { way: 'OPTOUT', ...ONLY_OURS, tell: (scene) => scene.text('Optout') },
  { way: 'in two words: "opt out"', ...ONLY_OURS, tell: (scene) => scene.text('opt out') },
  {
    way: 'a keyword of your own in Advanced Opt-Out',
    ...ONLY_OURS,
    tell: (scene) => scene.text('ENOUGH', { OptOutType: 'STOP' }),
  },
  { way: 'a keyword in another language: "alto"', ...ONLY_OURS, tell: (scene) => scene.text('alto') },
  {
    way: '`OptOutType=STOP` with a text that is no keyword',
    ...ONLY_OURS,
    tell: (scene) => scene.text('I have had enough of these', { OptOutType: 'STOP' }),
  },
  {
    way: 'other words, with `wording: flag`: "please remove me from your list"',
    result: 'to review',
    ofFunction: 'nothing',
    tell: (scene) => scene.text('please remove me from your list'),
  },
  {
    way: 'other words, with `wording: apply`: "leave me alone"',
    ...ONLY_OURS,
    tell: (scene) => scene.text('leave me alone', {}, scene.world.fallback),
  },
  { way: 'HELP', ...NOTHING, tell: (scene) => scene.text('HELP', { OptOutType: 'HELP' }) },
  {
    way: 'a keyword inside other words: "Stop, that\'s so funny"',
    ...NOTHING,
    tell: (scene) => scene.text("Stop, that's so funny"),
  },
  {
    way: 'a reaction: Liked "Reply STOP to end"',
    ...NOTHING,
    tell: (scene) => scene.text('Liked “Reply STOP to end”'),
  },
];

/** By which channel, and to whom. */
export const CHANNELS_AND_SENDERS: readonly Way[] = [
  {
    way: 'STOP under a picture (MMS)',
    ...BOTH,
    tell: (scene) => scene.text('STOP', { NumMedia: '1', MessageSid: messageSid().replace(/^SM/, 'MM') }),
  },
  { way: 'STOP by RCS', ...ONLY_OURS, tell: (scene) => scene.text('STOP', rcs(scene)) },
  {
    way: 'STOP on WhatsApp',
    ...ONLY_OURS,
    channel: 'whatsapp',
    tell: (scene) => scene.text('STOP', whatsApp(scene)),
  },
  {
    way: 'the button "Stop promotions" on WhatsApp',
    ...ONLY_OURS,
    channel: 'whatsapp',
    tell: (scene) =>
      scene.text('Stop promotions', {
        ...whatsApp(scene),
        ButtonText: 'Stop promotions',
        ButtonPayload: 'x1',
      }),
  },
  {
    way: 'STOP to a Messaging Service',
    ...BOTH,
    tell: (scene) => scene.text('STOP', { MessagingServiceSid: `MG${'7'.repeat(32)}` }),
    also: (scene) => expectSenders(scene, [`MG${'7'.repeat(32)}`]),
  },
  {
    way: 'STOP to a number without a service',
    ...BOTH,
    tell: (scene) => scene.text('STOP', withoutService('+15005550006')),
    also: (scene) => expectSenders(scene, ['+15005550006']),
  },
  {
    way: 'STOP to one number, then START to another',
    ...BOTH,
    async tell(scene) {
      await scene.text('STOP', withoutService('+15005550006'));
      await scene.text('START', withoutService('+15005550001'));
    },
  },
];

/** A person who said no says yes again. */
export const OPTING_IN_AGAIN: readonly Way[] = [
  {
    way: 'START after STOP',
    result: 'opted in',
    ofFunction: 'opted out',
    async tell(scene) {
      await scene.text('STOP');
      await scene.text('START');
    },
  },
  {
    way: 'YES after STOP, to a toll-free number',
    ...BOTH,
    async tell(scene) {
      await scene.text('STOP', withoutService('+18005550006'));
      await scene.text('YES', withoutService('+18005550006'));
    },
  },
  { way: 'YES that answers a question', ...NOTHING, tell: (scene) => scene.text('YES') },
];
