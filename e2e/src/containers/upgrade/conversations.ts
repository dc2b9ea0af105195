import { setTimeout as delay } from 'node:timers/promises';
import { connectSandboxControl, type SandboxControl } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { E164 } from '@optout-sync/shared/domain';
import { LinkKey, sealLink } from '@optout-sync/shared/links';
import {
  TWILIO_MESSAGING_SERVICE_SID,
  messageSid,
  streamInbound,
  twilioMessage,
} from '@optout-sync/twilio-simulator';
import { confirmLink, report, stream, webhook } from './deliveries';
import { stoppedSenders } from './expected-consent';
import type { Person, Said, Word, Workers } from './said';

const { TWILIO_ACCOUNT_SID = '' } = process.env;
const PAUSE_MS = 100;
const SETTLED_WITHIN_MS = 120_000;

const SERVICE = TWILIO_MESSAGING_SERVICE_SID;
/** A number outside of a service. */
const NUMBER = '+15005550009';

/** What one person texts to whom, each message when the one before is accepted. */
const CONVERSATIONS: readonly (readonly (readonly [Word, string])[])[] = [
  [['STOP', SERVICE]],
  [
    ['STOP', SERVICE],
    ['START', SERVICE],
  ],
  [
    ['STOP', SERVICE],
    ['START', SERVICE],
    ['STOP', SERVICE],
  ],
  // Their state began with the first.
  [
    ['STOP', SERVICE],
    ['STOP', SERVICE],
  ],
  [
    ['STOP', NUMBER],
    ['STOP', SERVICE],
    ['START', SERVICE],
  ],
];
/** As many people text STOP in a batch of Event Streams. */
const BATCH = 4;
/** One of each conversation, and a batch. */
export const KINDS = CONVERSATIONS.length + 1;

type Delivery = (url: string) => Promise<number>;
type Statuses = Promise<number[]>;

/** People who text while containers are replaced, and what each of them said. */
export class Conversations {
  readonly people: Person[] = [];
  readonly sandbox: SandboxControl;
  /** Of who speaks from now on. */
  workers: Workers = 'last';
  readonly #delivered: Delivery[] = [];
  readonly #linkKey: Buffer;

  constructor(sandboxUrl: string, linkKey: string) {
    this.sandbox = connectSandboxControl(sandboxUrl);
    this.#linkKey = LinkKey.parse(linkKey);
  }

  /** Conversations of new people, one after the other, until `during` ends. @returns the statuses that were not 200 */
  async whilst(url: string, during: () => Promise<void>): Statuses {
    const refused: number[] = [];
    let isOver = false;
    const talk = async (): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        refused.push(...(await this.one(url, n % KINDS)));
        await delay(PAUSE_MS);
      }
    };
    const talking = talk();
    await during().finally(() => (isOver = true));
    await talking;
    return refused;
  }

  /** The conversation `n` of a new person, or the batch after the last one. @returns the statuses that were not 200 */
  async one(url: string, n: number): Statuses {
    const words = CONVERSATIONS[n];
    return words ? this.#texts(url, words) : this.#batch(url);
  }

  async #texts(url: string, words: readonly (readonly [Word, string])[]): Statuses {
    const person = await this.#newPerson();
    const statuses: number[] = [];
    for (const [word, sender] of words) {
      const sid = messageSid();
      const params = twilioMessage({
        MessageSid: sid,
        AccountSid: TWILIO_ACCOUNT_SID,
        From: person.phone,
        ...(sender === SERVICE ? {} : { To: sender, MessagingServiceSid: undefined }),
        Body: word,
        OptOutType: word,
      });
      const deliver = (): Promise<number> => this.#deliver(url, (to) => webhook(to, params));
      statuses.push(await says(person, { sid, word, sender, reason: 'message' }, deliver));
    }
    return refusals(statuses);
  }

  async #batch(url: string): Statuses {
    const people = await Promise.all(Array.from({ length: BATCH }, () => this.#newPerson()));
    const events = people.map(({ phone, said }) => {
      const [sid, at] = [messageSid(), Date.now()];
      said.push({ sid, word: 'STOP', sender: SERVICE, reason: 'message', earliest: at, latest: at });
      const timestamp = new Date(at).toISOString();
      const message = { messageSid: sid, from: phone, body: 'STOP', timestamp };
      return streamInbound({ ...message, accountSid: TWILIO_ACCOUNT_SID });
    });
    return refusals([await this.#deliver(url, (to) => stream(to, events))]);
  }

  /** A new person whom an operator opts out of a sender. */
  async overridden(sender: string, optOut: (phone: string) => Promise<unknown>): Promise<void> {
    const person = await this.#newPerson();
    await says(person, { word: 'STOP', sender, reason: 'operator' }, () => optOut(person.phone));
  }

  /** What only new ingests take: a report of another system, told twice, and a link that is confirmed. */
  async untexted(url: string): Statuses {
    const [reported, linked] = [await this.#newPerson(), await this.#newPerson()];
    const spoken = { word: 'STOP', sender: SERVICE, reason: 'api' } as const;
    const item = { id: `ticket ${reported.phone}`, phone: reported.phone, kind: 'stop', sender: SERVICE };
    const token = sealLink(
      {
        accountSid: TWILIO_ACCOUNT_SID,
        channel: 'sms',
        phone: E164.parse(linked.phone),
        sender: SERVICE,
        brand: '',
        issuedAt: Date.now(),
      },
      this.#linkKey,
    );
    return refusals([
      ...(await says(reported, spoken, async () => [await report(url, item), await report(url, item)])),
      await says(linked, spoken, () => confirmLink(url, token)),
    ]);
  }

  async #newPerson(): Promise<Person & { readonly said: Said[] }> {
    const phone = `+1415555${String(this.#phones++).padStart(4, '0')}`;
    const cioId = await this.sandbox.workspace().addPerson({ attributes: { phone } });
    const person = { phone, cioId, workers: this.workers, said: [] };
    this.people.push(person);
    return person;
  }
  #phones = 1000;

  #deliver(url: string, delivery: Delivery): Promise<number> {
    this.#delivered.push(delivery);
    return delivery(url);
  }

  /** Delivers again what was delivered since the last call, the latest first. @returns the statuses that were not 200 */
  async again(url: string): Statuses {
    const statuses: number[] = [];
    for (const delivery of this.#delivered.splice(0).reverse()) statuses.push(await delivery(url));
    return refusals(statuses);
  }

  /** Waits until everybody's profile has their last word. `meanwhile` is called before each look. */
  async settled(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    await waitFor(
      async () => {
        await meanwhile();
        const wrong = await this.profileDifferences();
        if (wrong.length === 0) return true;
        throw new Error(
          `${String(wrong.length)} of ${String(this.people.length)} people: ${wrong.slice(0, 3).join(', ')}`,
        );
      },
      { what: 'the last word of everybody', timeoutMs: SETTLED_WITHIN_MS, everyMs: 1_000 },
    );
  }

  /** Whose attribute at Customer.io is not what they said. */
  async profileDifferences(): Promise<string[]> {
    const profiles = await this.sandbox.workspace().people();
    const values = new Map(profiles.map(({ cioId, attributes }) => [cioId, attributes.sms_unsubscribe]));
    return this.people.flatMap(({ phone, cioId, said }) => {
      const [value, isStopped] = [values.get(cioId), stoppedSenders({ said }).length > 0];
      return value === isStopped ? [] : [`${phone} ${String(value)} instead of ${String(isStopped)}`];
    });
  }
}

/** Adds to what a person said, with the times before and after. */
async function says<Result>(
  { said }: { readonly said: Said[] },
  spoken: Omit<Said, 'earliest' | 'latest'>,
  deliver: () => Promise<Result>,
): Promise<Result> {
  const earliest = Date.now();
  const index = said.push({ ...spoken, earliest, latest: Infinity }) - 1;
  const result = await deliver();
  said[index] = { ...spoken, earliest, latest: Date.now() };
  return result;
}

const refusals = (statuses: readonly number[]): number[] => statuses.filter((status) => status !== 200);
