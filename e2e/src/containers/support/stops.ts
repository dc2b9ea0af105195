import { setTimeout as delay } from 'node:timers/promises';
import { connectSandboxControl, type SandboxControl } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { sendTwilioWebhook, twilioMessage } from '@optout-sync/twilio-simulator';

const { PUBLIC_URL = '', TWILIO_ACCOUNT_SID = '', TWILIO_AUTH_TOKEN = '' } = process.env;
const PARALLEL = 2;
const PAUSE_MS = 200;
const APPLIED_WITHIN_MS = 90_000;

/** People in the sandbox, and STOPs of theirs. */
export class Stops {
  readonly #sandbox: SandboxControl;
  #next = 0;

  constructor(sandboxUrl: string) {
    this.#sandbox = connectSandboxControl(sandboxUrl);
  }

  /** Adds a person with a number of their own. */
  async person(): Promise<string> {
    const phone = `+1415556${String(this.#next++).padStart(4, '0')}`;
    await this.#sandbox.workspace().addPerson({ attributes: { phone } });
    return phone;
  }

  /** Sends a STOP to the ingest at `url`, once. @returns the status; 0 without an answer */
  async send(url: string, phone: string, authToken = TWILIO_AUTH_TOKEN): Promise<number> {
    const params = twilioMessage({
      AccountSid: TWILIO_ACCOUNT_SID,
      From: phone,
      Body: 'STOP',
      OptOutType: 'STOP',
    });
    const answer = sendTwilioWebhook({
      url: `${PUBLIC_URL}${WEBHOOK_PATHS.messages}`,
      connectUrl: `${url}${WEBHOOK_PATHS.messages}`,
      params,
      authToken,
    });
    return answer.then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** Sends STOPs of new people while `during` runs. @returns the numbers, and the status of each answer */
  async sendDuring(url: string, during: () => Promise<void>): Promise<Map<string, number>> {
    const sent = new Map<string, number>();
    let isOver = false;
    const send = async (): Promise<void> => {
      while (!isOver) {
        const phone = await this.person();
        sent.set(phone, await this.send(url, phone));
        await delay(PAUSE_MS);
      }
    };
    const sending = Promise.all(Array.from({ length: PARALLEL }, send));
    await during().finally(() => (isOver = true));
    await sending;
    return sent;
  }

  /** Waits until everybody with one of the numbers is opted out in the sandbox. */
  async applied(phones: Iterable<string>): Promise<void> {
    const expected = new Set(phones);
    await waitFor(
      async () => {
        const people = await this.#sandbox.workspace().people();
        const missing = people.filter(
          ({ attributes }) => expected.has(String(attributes.phone)) && attributes.sms_unsubscribe !== true,
        );
        if (missing.length === 0) return true;
        throw new Error(`${String(missing.length)} of ${String(expected.size)} people are not opted out`);
      },
      { what: 'the STOPs to be applied', timeoutMs: APPLIED_WITHIN_MS, everyMs: 500 },
    );
  }

  /** People that writes created, which must not happen. */
  created(): Promise<unknown[]> {
    return this.#sandbox.workspace().createdPeople();
  }
}
