import { setTimeout as delay } from 'node:timers/promises';
import { connectSandboxControl, type SandboxControl } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import {
  messageSid,
  sendTwilioJson,
  sendTwilioWebhook,
  streamInbound,
  twilioMessage,
  type TwilioAnswer,
} from '@optout-sync/twilio-simulator';

const { PUBLIC_URL = '', TWILIO_ACCOUNT_SID = '', TWILIO_AUTH_TOKEN = '' } = process.env;
const PAUSE_MS = 100;
const SETTLED_WITHIN_MS = 120_000;

type Word = 'STOP' | 'START';

/** What one person texts, each message when the one before is accepted. */
const CONVERSATIONS: readonly (readonly Word[])[] = [['STOP'], ['STOP', 'START'], ['STOP', 'START', 'STOP']];
/** As many people text STOP in a batch of Event Streams. */
const BATCH = 4;

export interface Person {
  readonly phone: string;
  readonly isStopped: boolean;
  /** Of what they texted, in that order. Undefined for the person of an override. */
  readonly sids?: readonly string[];
}

type Delivery = (url: string) => Promise<number>;

/** People who text while containers are replaced, and what must come of it: the last word of each. */
export class Conversations {
  readonly people: Person[] = [];
  readonly #sandbox: SandboxControl;
  readonly #delivered: Delivery[] = [];

  constructor(sandboxUrl: string) {
    this.#sandbox = connectSandboxControl(sandboxUrl);
  }

  /** Conversations of new people, one after the other, until `during` ends. @returns the statuses that were not 200 */
  async whilst(url: string, during: () => Promise<void>): Promise<number[]> {
    const refused: number[] = [];
    let isOver = false;
    const talk = async (): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        refused.push(...(await this.one(url, n % (CONVERSATIONS.length + 1))));
        await delay(PAUSE_MS);
      }
    };
    const talking = talk();
    await during().finally(() => (isOver = true));
    await talking;
    return refused;
  }

  /** The conversation `n` of a new person, or the batch after the last one. @returns the statuses that were not 200 */
  async one(url: string, n: number): Promise<number[]> {
    const words = CONVERSATIONS[n];
    return words ? await this.#texts(url, words) : await this.#batch(url);
  }

  /** A person whom an operator opts out. */
  async overridden(): Promise<string> {
    const phone = await this.#newPhone();
    this.people.push({ phone, isStopped: true });
    return phone;
  }

  async #texts(url: string, words: readonly Word[]): Promise<number[]> {
    const phone = await this.#newPhone();
    const texts = words.map((word) => ({ word, sid: messageSid() }));
    this.#add(phone, words.at(-1) === 'STOP', texts);
    const statuses: number[] = [];
    for (const { word, sid } of texts) {
      const params = {
        MessageSid: sid,
        AccountSid: TWILIO_ACCOUNT_SID,
        From: phone,
        Body: word,
        OptOutType: word,
      };
      statuses.push(await this.#deliver(url, (to) => webhook(to, twilioMessage(params))));
    }
    return statuses.filter((status) => status !== 200);
  }

  async #batch(url: string): Promise<number[]> {
    const phones = await Promise.all(Array.from({ length: BATCH }, () => this.#newPhone()));
    const events = phones.map((from) => {
      const sid = messageSid();
      this.#add(from, true, [{ sid }]);
      const timestamp = new Date().toISOString();
      return streamInbound({
        messageSid: sid,
        from,
        body: 'STOP',
        timestamp,
        accountSid: TWILIO_ACCOUNT_SID,
      });
    });
    const status = await this.#deliver(url, (to) => stream(to, events));
    return status === 200 ? [] : [status];
  }

  #add(phone: string, isStopped: boolean, texts: readonly { readonly sid: string }[]): void {
    this.people.push({ phone, isStopped, sids: texts.map(({ sid }) => sid) });
  }

  async #newPhone(): Promise<string> {
    const phone = `+1415555${String(this.#phones++).padStart(4, '0')}`;
    await this.#sandbox.workspace().addPerson({ attributes: { phone } });
    return phone;
  }
  #phones = 1000;

  #deliver(url: string, delivery: Delivery): Promise<number> {
    this.#delivered.push(delivery);
    return delivery(url);
  }

  /** Delivers again what was delivered since the last call, the latest first. @returns the statuses that were not 200 */
  async again(url: string): Promise<number[]> {
    const refused: number[] = [];
    for (const delivery of this.#delivered.splice(0).reverse()) {
      const status = await delivery(url);
      if (status !== 200) refused.push(status);
    }
    return refused;
  }

  /** Waits until everybody's profile has their last word. `meanwhile` is called before each look. */
  async settled(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    await waitFor(
      async () => {
        await meanwhile();
        const wrong = await this.#wrong();
        if (wrong.length === 0) return true;
        throw new Error(
          `${String(wrong.length)} of ${String(this.people.length)} people: ${wrong.slice(0, 3).join(', ')}`,
        );
      },
      { what: 'the last word of everybody', timeoutMs: SETTLED_WITHIN_MS, everyMs: 1_000 },
    );
  }

  async #wrong(): Promise<string[]> {
    const profiles = await this.#sandbox.workspace().people();
    const values = new Map(profiles.map(({ attributes }) => [attributes.phone, attributes.sms_unsubscribe]));
    return this.people
      .filter(({ phone, isStopped }) => values.get(phone) !== isStopped)
      .map(({ phone, isStopped }) => `${phone} ${String(values.get(phone))} instead of ${String(isStopped)}`);
  }

  /** People that writes created, which must not happen. */
  created(): Promise<unknown[]> {
    return this.#sandbox.workspace().createdPeople();
  }
}

/** A signed message whose fields are invalid: ingest makes a dead letter of it. */
export const sendInvalid = (url: string): Promise<number> =>
  webhook(
    url,
    twilioMessage({ AccountSid: TWILIO_ACCOUNT_SID, From: '+1', Body: 'STOP', OptOutType: 'STOP' }),
  );

const webhook = (url: string, params: Record<string, string>): Promise<number> =>
  statusOf(
    sendTwilioWebhook({
      url: `${PUBLIC_URL}${WEBHOOK_PATHS.messages}`,
      connectUrl: `${url}${WEBHOOK_PATHS.messages}`,
      params,
      authToken: TWILIO_AUTH_TOKEN,
    }),
  );

const stream = (url: string, body: unknown): Promise<number> =>
  statusOf(
    sendTwilioJson({
      url: `${PUBLIC_URL}${WEBHOOK_PATHS.events}`,
      connectUrl: `${url}${WEBHOOK_PATHS.events}`,
      body,
      authToken: TWILIO_AUTH_TOKEN,
    }),
  );

/** 0 without an answer. Event Streams are answered 204 too, which counts as 200. */
const statusOf = (answer: Promise<TwilioAnswer>): Promise<number> =>
  answer.then(
    ({ status }) => (status >= 200 && status < 300 ? 200 : status),
    () => 0,
  );
