import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import {
  sendTwilioJson,
  sendTwilioWebhook,
  twilioMessage,
  type TwilioAnswer,
} from '@optout-sync/twilio-simulator';

const { PUBLIC_URL = '', TWILIO_ACCOUNT_SID = '', TWILIO_AUTH_TOKEN = '' } = process.env;
/** Of .ci/images.d/intake.yaml. */
const INTAKE_TOKEN = 'a-token-of-the-upgrade-test';

// Each resolves with the status; 0 without an answer. 201 and 204 count as 200.

/** A signed webhook. */
export const webhook = (url: string, params: Record<string, string>): Promise<number> =>
  statusOf(
    sendTwilioWebhook({
      url: `${PUBLIC_URL}${WEBHOOK_PATHS.messages}`,
      connectUrl: `${url}${WEBHOOK_PATHS.messages}`,
      params,
      authToken: TWILIO_AUTH_TOKEN,
    }),
  );

/** A signed batch of Event Streams. */
export const stream = (url: string, body: unknown): Promise<number> =>
  statusOf(
    sendTwilioJson({
      url: `${PUBLIC_URL}${WEBHOOK_PATHS.events}`,
      connectUrl: `${url}${WEBHOOK_PATHS.events}`,
      body,
      authToken: TWILIO_AUTH_TOKEN,
    }),
  );

/** A signed message whose fields are invalid: ingest makes a dead letter of it. */
export const sendInvalid = (url: string): Promise<number> =>
  webhook(
    url,
    twilioMessage({ AccountSid: TWILIO_ACCOUNT_SID, From: '+1', Body: 'STOP', OptOutType: 'STOP' }),
  );

/** What another system reports. */
export const report = (url: string, item: Readonly<Record<string, string>>): Promise<number> =>
  statusOf(
    fetch(`${url}${WEBHOOK_PATHS.optouts}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${INTAKE_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(item),
    }),
  );

/** The button of a one-click link. */
export const confirmLink = (url: string, token: string): Promise<number> =>
  statusOf(fetch(`${url}/u/${token}`, { method: 'POST' }));

const statusOf = (answer: Promise<Pick<TwilioAnswer, 'status'>>): Promise<number> =>
  answer.then(
    ({ status }) => (status >= 200 && status < 300 ? 200 : status),
    () => 0,
  );
