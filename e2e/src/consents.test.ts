import { waitFor } from '@optout-sync/local-runtime/process';
import { AUTH_TOKEN, System } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID,
  startTwilioApi,
  twilioMessage,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

const KEY = { sid: `SK${'1'.repeat(32)}`, secret: 's3cret', accountSid: TWILIO_ACCOUNT_SID };
const SENDER = `MG${'7'.repeat(32)}`;
const PHONE = '+14155580901';

let system: System;
let twilio: TwilioApi;
beforeAll(async () => {
  twilio = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: AUTH_TOKEN });
  twilio.addKey(KEY);
  system = await System.start({
    env: {
      TWILIO_CONSENTS: 'true',
      TWILIO_API_KEY: KEY.sid,
      TWILIO_API_SECRET: KEY.secret,
      TWILIO_API_URL: twilio.url,
    },
  });
});
afterAll(async () => {
  await system.stop();
  await twilio.stop();
});

const untilStatus = (status: string): Promise<unknown> =>
  waitFor(() => twilio.account(TWILIO_ACCOUNT_SID).consents.get(`${SENDER} ${PHONE}`)?.status === status, {
    what: `${status} at Twilio`,
    timeoutMs: 60_000,
  });

it('an opt-out by hand reaches Twilio, also after its Consents API was down, and the START of the person lifts it', async () => {
  const [ingest] = [await system.startIngest(), await system.startWorker()];
  system.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
  twilio.behave({ failure: { status: 503 } });
  const who = ['--yes', '--by', 'Ann', '--why', 'a call'];
  const added = await system.cli(['optouts', 'add', PHONE, '--sender', SENDER, ...who]);
  expect(added.code).toBe(0);
  await system.settled([PHONE]);
  expect(system.attribute(PHONE)).toEqual([true]);
  twilio.behave();
  await untilStatus('opt-out');
  const shown = await system.cli(['optouts', 'show', PHONE]);
  expect(shown.out).toContain("Twilio's own list holds version");

  const start = twilioMessage({ From: PHONE, Body: 'START', MessagingServiceSid: SENDER });
  expect((await system.deliver(ingest, start)).status).toBe(200);
  await untilStatus('opt-in');
  await system.settled([PHONE], 2);
  expect(system.attribute(PHONE)).toEqual([false]);
});
