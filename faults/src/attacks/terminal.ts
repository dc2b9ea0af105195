import assert from 'node:assert/strict';
import { messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import { MESSAGES, post, signatureOf, type Attack } from './attack';

/** Clears the screen, sets the title, turns the text: ESC, the C1 control CSI, BEL, RLO. */
const ESCAPES = '\u001b[2J\u001b]0;title\u0007\u009b31m\u202e';
// eslint-disable-next-line no-control-regex -- what must not be there
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;
const PHONE = '+14155550188';

/** What a webhook brings and an operator, or whoever reads the logs, sees. */
export const terminal: readonly Attack[] = [
  {
    name: 'terminal: escapes in every field of a message',
    async run({ system, ingest }) {
      for (const fields of [
        { From: ESCAPES },
        { From: PHONE, To: ESCAPES },
        { From: PHONE, MessageSid: ESCAPES },
      ]) {
        const params = twilioMessage({ Body: 'STOP', MessagingServiceSid: undefined, ...fields });
        assert.equal(await post(ingest, params, { 'x-twilio-signature': signatureOf(params) }), 200);
      }
      await system.settled([PHONE], 1);
      for (const args of [
        ['dlq', 'list'],
        ['optouts', 'list'],
        ['optouts', 'show', PHONE],
      ]) {
        const { code, out, error } = await system.cli(args);
        assert.equal(code, 0, error);
        assert.doesNotMatch(out + error, RAW, args.join(' '));
      }
      await system.queues.deadLetters.discard({});
    },
  },
  {
    name: 'logs: a phone number in the path, the sender and the id of a message',
    async run({ system, ingest }) {
      const params = twilioMessage({ From: PHONE, Body: 'STOP', MessageSid: messageSid() });
      await post(ingest, params, { 'x-twilio-signature': 'x' }, `/sms/${PHONE}`);
      await post(ingest, params, { 'x-twilio-signature': 'x' }, `${MESSAGES}?From=${PHONE}`);
      await post(ingest, params, { 'x-twilio-signature': signatureOf(params) });
      assert.ok(system.logLines.length > 0);
      const shown = system.logLines.filter((line) => line.includes(PHONE.slice(2)) || RAW.test(line));
      assert.deepEqual(shown, []);
    },
  },
];
