import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  TWILIO_ACCOUNT_SID,
  TWILIO_MESSAGING_SERVICE_SID,
  blockedCallback,
  loggedBlocked,
  messageSid,
  streamFailed,
  streamReassigned,
} from '@optout-sync/twilio-simulator';
import type { Scene } from './scene';
import type { Way } from './way';

const SENDER = ['--sender', TWILIO_MESSAGING_SERVICE_SID];
const ONLY_OURS = { result: 'opted out', ofFunction: 'nothing' } as const;
const expectAtTwilio = ({ phone, world }: Scene): Promise<void> => {
  const consents = [...world.twilio.account(TWILIO_ACCOUNT_SID).consents.values()];
  expect(consents.filter(({ contact_id }) => contact_id === phone)).toMatchObject([{ status: 'opt-out' }]);
  return Promise.resolve();
};

/** What Twilio says of a message that it did not send. */
export const SENDS: readonly Way[] = [
  {
    way: 'a blocked send (21610) in a status callback',
    ...ONLY_OURS,
    tell: (scene) => scene.callback(blockedCallback({ To: scene.phone })),
  },
  {
    way: 'a blocked send (21610) in Event Streams',
    ...ONLY_OURS,
    tell: (scene) => scene.stream(streamFailed({ to: scene.phone, timestamp: new Date().toISOString() })),
  },
  {
    way: "a blocked send (21610) in Twilio's log",
    ...ONLY_OURS,
    tell({ phone, world }) {
      world.twilio.log(loggedBlocked(new Date(Date.now() - 600_000), { to: phone }));
    },
  },
  {
    way: 'blocked on WhatsApp (63014), of which an opt-out is one cause',
    result: 'to review',
    ofFunction: 'nothing',
    channel: 'whatsapp',
    tell: (scene) => scene.callback(blockedCallback({ To: `whatsapp:${scene.phone}`, ErrorCode: '63014' })),
  },
  {
    way: 'not sent in quiet hours (30610)',
    result: 'nothing',
    ofFunction: 'nothing',
    tell: (scene) => scene.callback(blockedCallback({ To: scene.phone, ErrorCode: '30610' })),
  },
  {
    way: 'not sent to a known litigator (30640)',
    result: 'to review',
    ofFunction: 'nothing',
    tell: (scene) => scene.callback(blockedCallback({ To: scene.phone, ErrorCode: '30640' })),
  },
  {
    way: 'Twilio finds that the number has another owner, and opts it out',
    result: 'opted out',
    ofFunction: 'nothing',
    tell: (scene) =>
      scene.stream(
        streamReassigned({ to_number: scene.phone, consent_updated_at: new Date().toISOString() }),
      ),
  },
];

/** What was not a text to Twilio. */
export const ELSEWHERE: readonly Way[] = [
  {
    way: 'a choice in a Studio flow',
    result: 'opted out',
    ofFunction: undefined,
    tell: (scene) =>
      scene.studio({ from: scene.phone, to: '+15005550006', kind: 'stop', messageSid: messageSid() }),
  },
  {
    way: 'an operator enters it: `optouts add`',
    ...ONLY_OURS,
    tell: (scene) => scene.command('optouts', 'add', scene.phone, ...SENDER),
  },
  {
    way: 'by phone or e-mail, entered with `consent push`',
    ...ONLY_OURS,
    tell: (scene) => scene.command('consent', 'push', scene.phone, ...SENDER),
    also: expectAtTwilio,
  },
  {
    way: 'to a help desk, by a form or by e-mail: `POST /webhooks/optouts`',
    ...ONLY_OURS,
    tell: (scene) => scene.intake({ id: `ticket ${scene.phone}`, sender: TWILIO_MESSAGING_SERVICE_SID }),
  },
  {
    way: 'the button of a link in an e-mail',
    ...ONLY_OURS,
    tell: (scene) => scene.link('POST', ...SENDER),
  },
  {
    way: 'a scanner of mail opens such a link',
    result: 'nothing',
    ofFunction: 'nothing',
    tell: (scene) => scene.link('GET', ...SENDER),
  },
  {
    way: 'set by hand at Customer.io, taken over with `consent push --from-customerio`',
    result: 'opted out',
    ofFunction: undefined,
    people: (phone) => [{ id: `by hand ${phone}`, attributes: { phone, sms_unsubscribe: true } }],
    async tell(scene) {
      await scene.command('consent', 'push', '--from-customerio', ...SENDER);
      await scene.settled();
    },
    async also(scene) {
      await expectAtTwilio(scene);
      expect((await scene.entry())?.history).toMatchObject([{ kind: 'stop' }]);
    },
  },
  {
    way: 'a list of another system: `optouts import`',
    ...ONLY_OURS,
    async tell(scene) {
      const file = join(await scene.world.system.newFolder(), 'optouts.csv');
      writeFileSync(file, `phone,at\n${scene.phone},2026-01-05\n`);
      await scene.command('optouts', 'import', file, ...SENDER);
    },
  },
];
