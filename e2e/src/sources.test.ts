import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditTrail, overrideConsent } from '@optout-sync/operations';
import { Ledger } from '@optout-sync/shared/ledger';
import { E164, LINK_PATH, WEBHOOK_PATHS, type Channel } from '@optout-sync/shared/domain';
import { LinkKey, sealLink } from '@optout-sync/shared/links';
import { STUDIO_TOKEN, System, inParallel, type Running } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID,
  TWILIO_MESSAGING_SERVICE_SID,
  blockedCallback,
  messageSid,
  streamFailed,
  streamInbound,
  streamReassigned,
  twilioMessage,
} from '@optout-sync/twilio-simulator';

jest.setTimeout(120_000);

/*
 * Every source of an opt-out, crossed with the kind of message, the channel and the form of the text. Each row has its own
 * person and phone, passes through the real services, and is checked in the ledger and in Customer.io.
 */

type Kind = 'stop' | 'start' | 'help';
interface Row {
  readonly source: string;
  readonly kind: Kind;
  readonly channel: Channel;
  readonly form: string;
  readonly send: (system: System, ingest: Running, phone: string) => Promise<unknown>;
}
interface Text {
  readonly Body: string;
  readonly OptOutType?: string;
}

const KINDS: readonly Kind[] = ['stop', 'start', 'help'];
const WORDS: Readonly<Record<Kind, { english: string; french: string }>> = {
  stop: { english: 'STOP', french: 'arrêt' },
  start: { english: 'START', french: 'reprendre' },
  help: { english: 'HELP', french: 'aide' },
};
/** The text of a message of each kind, in several forms. */
const FORMS: Readonly<Record<string, (kind: Kind) => Text>> = {
  'Advanced Opt-Out': (kind) => ({ Body: 'any text', OptOutType: kind.toUpperCase() }),
  plain: (kind) => ({ Body: WORDS[kind].english }),
  'lower case, in blanks': (kind) => ({ Body: `  ${WORDS[kind].english.toLowerCase()} \n` }),
  'full width': (kind) => ({
    Body: WORDS[kind].english.replace(/[A-Z]/g, (letter) =>
      String.fromCharCode(letter.charCodeAt(0) + 0xfee0),
    ),
  }),
  'zero-width inside': (kind) => ({
    Body: WORDS[kind].english.replace('T', '\u200bT').replace('E', '\u200dE'),
  }),
  French: (kind) => ({ Body: WORDS[kind].french }),
  'French, decomposed': (kind) => ({ Body: WORDS[kind].french.toUpperCase().normalize('NFD') }),
};
/** The form of an address on each channel. */
const CHANNELS: Readonly<Record<string, { channel: Channel; address: (phone: string) => string }>> = {
  sms: { channel: 'sms', address: (phone) => phone },
  rcs: { channel: 'sms', address: (phone) => `rcs:${phone}` },
  whatsapp: { channel: 'whatsapp', address: (phone) => `whatsapp:${phone}` },
};

const camelCase = ({ Body, OptOutType }: Text): Record<string, string> => ({
  body: Body,
  ...(OptOutType === undefined ? {} : { optOutType: OptOutType }),
});
const expectStatus = (status: number, answer: { status: number }): void => {
  expect(answer.status).toBe(status);
};

/** The sources that carry the text of a message. */
const TEXT_SOURCES: Readonly<
  Record<string, (system: System, ingest: Running, from: string, text: Text) => Promise<void>>
> = {
  webhook: async (system, ingest, From, text) => {
    expectStatus(200, await system.deliver(ingest, twilioMessage({ From, OptOutType: undefined, ...text })));
  },
  'webhook by GET': async (system, ingest, From, text) => {
    const params = twilioMessage({ From, OptOutType: undefined, ...text });
    expectStatus(200, await system.deliver(ingest, params, { method: 'GET' }));
  },
  'webhook, MMS': async (system, ingest, From, text) => {
    const sid = messageSid().replace(/^SM/, 'MM');
    const params = twilioMessage({ From, OptOutType: undefined, ...text, MessageSid: sid, NumMedia: '1' });
    expectStatus(200, await system.deliver(ingest, params));
  },
  'Event Streams': async (system, ingest, from, text) => {
    const event = streamInbound({ from, timestamp: new Date().toISOString(), ...camelCase(text) });
    expectStatus(200, await system.deliverJson(ingest, WEBHOOK_PATHS.events, [event]));
  },
};

const STUDIO_SOURCES: typeof TEXT_SOURCES = {
  'Studio, signed form': async (system, ingest, from, { Body }) => {
    const params = { from, to: '+15005550006', body: Body, messageSid: messageSid() };
    expectStatus(200, await system.deliver(ingest, params, { path: WEBHOOK_PATHS.studio }));
  },
  'Studio, JSON with a token': async (system, ingest, from, { Body }) => {
    const response = await fetch(`http://127.0.0.1:${String(ingest.port)}${WEBHOOK_PATHS.studio}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${STUDIO_TOKEN}` },
      body: JSON.stringify({ from, to: '+15005550006', body: Body, id: messageSid() }),
    });
    expectStatus(200, response);
  },
};

const textRows = (sources: typeof TEXT_SOURCES, forms: readonly string[]): Row[] =>
  Object.entries(sources).flatMap(([source, send]) =>
    KINDS.flatMap((kind) =>
      Object.entries(CHANNELS).flatMap(([name, { channel, address }]) =>
        forms.map((form) => ({
          source: `${source} (${name})`,
          kind,
          channel,
          form,
          send: (system: System, ingest: Running, phone: string) =>
            send(system, ingest, address(phone), FORMS[form]?.(kind) ?? { Body: '' }),
        })),
      ),
    ),
  );

const OTHER_ROWS: readonly Row[] = [
  ...Object.entries(CHANNELS).flatMap(([name, { channel, address }]): Row[] => [
    {
      source: `status callback (${name})`,
      kind: 'stop',
      channel,
      form: '21610',
      send: async (system, ingest, phone) => {
        const params = blockedCallback({ To: address(phone) });
        expectStatus(204, await system.deliver(ingest, params, { path: WEBHOOK_PATHS.status }));
      },
    },
    {
      source: `Event Streams, message failed (${name})`,
      kind: 'stop',
      channel,
      form: '21610',
      send: async (system, ingest, phone) => {
        const event = streamFailed({ to: address(phone), timestamp: new Date().toISOString() });
        expectStatus(200, await system.deliverJson(ingest, WEBHOOK_PATHS.events, [event]));
      },
    },
  ]),
  {
    source: 'Event Streams, reassigned number',
    kind: 'stop',
    channel: 'sms',
    form: 'opt-out-created',
    send: async (system, ingest, phone) => {
      const event = streamReassigned({ to_number: phone, consent_updated_at: new Date().toISOString() });
      expectStatus(200, await system.deliverJson(ingest, WEBHOOK_PATHS.events, [event]));
    },
  },
  ...(['stop', 'start'] as const).map((kind): Row => ({
    source: 'override',
    kind,
    channel: 'sms',
    form: 'command',
    send: ({ queues, connection, prefix }, _, phone) =>
      overrideConsent(
        { queues, ledger: new Ledger(connection, { prefix }), audit: new AuditTrail(connection, prefix) },
        {
          accountSid: TWILIO_ACCOUNT_SID,
          channel: 'sms',
          phone: E164.parse(phone),
          sender: TWILIO_MESSAGING_SERVICE_SID,
          state: kind === 'stop' ? 'stopped' : 'started',
          by: 'e2e',
          why: 'test',
        },
      ),
  })),
];

const INTAKE_TOKEN = 'a-token-of-the-help-desk';
const LINK_KEY = 'ab'.repeat(32);

/** What is not a text. */
const INTAKE_ROWS: readonly Row[] = Object.entries({ sms: '', whatsapp: 'whatsapp:' } as const).flatMap(
  ([name, prefix]): Row[] => {
    const channel = name as Channel;
    const sender = `${prefix}+15005550006`;
    return [
      ...(['stop', 'start'] as const).map((kind): Row => ({
        source: 'another system',
        kind,
        channel,
        form: 'webhook',
        send: async (_, ingest, phone) => {
          const response = await fetch(`http://127.0.0.1:${String(ingest.port)}${WEBHOOK_PATHS.optouts}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${INTAKE_TOKEN}` },
            body: JSON.stringify({
              id: messageSid(),
              phone: `${prefix}${phone}`,
              kind,
              sender,
              at: new Date().toISOString(),
            }),
          });
          expectStatus(202, response);
        },
      })),
      {
        source: 'one-click link',
        kind: 'stop',
        channel,
        form: 'button',
        send: async (_, ingest, phone) => {
          const link = { accountSid: TWILIO_ACCOUNT_SID, channel, phone: E164.parse(phone), sender };
          const token = sealLink({ ...link, brand: '', issuedAt: Date.now() }, LinkKey.parse(LINK_KEY));
          const page = `http://127.0.0.1:${String(ingest.port)}${LINK_PATH}${token}`;
          expectStatus(200, await fetch(page));
          expectStatus(200, await fetch(page, { method: 'POST' }));
        },
      },
    ];
  },
);

const ROWS: readonly Row[] = [
  ...textRows(TEXT_SOURCES, Object.keys(FORMS)),
  ...textRows(STUDIO_SOURCES, ['plain', 'full width', 'French']),
  ...OTHER_ROWS,
  ...INTAKE_ROWS,
];
const ATTRIBUTE = { sms: 'sms_unsubscribe', whatsapp: 'whatsapp_unsubscribe' } as const;

describe('every source, kind, channel and form', () => {
  let system: System;
  let dir: string;
  const phoneOf = (index: number): string => `+1415${String(5_550_000 + index)}`;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sources-'));
    const file = join(dir, 'optout.yaml');
    writeFileSync(
      file,
      `keywords:\n  languages: { fr: default }\nintake: [{ name: desk, token: ${INTAKE_TOKEN}, kinds: [stop, start] }]\n`,
    );
    system = await System.start({
      sandbox: { appRps: 0, trackRps: 0 },
      env: { OPTOUT_CONFIG: file, LINK_KEY, CUSTOMERIO_APP_RPS: '500', CUSTOMERIO_TRACK_RPS: '500' },
    });
    ROWS.forEach(({ kind, channel }, index) => {
      // The sender of a START was opted out before; nobody else has the attribute yet.
      const before = kind === 'start' ? { [ATTRIBUTE[channel]]: true } : {};
      system.sandbox.workspace().addPerson({ attributes: { phone: phoneOf(index), ...before } });
    });
    const [ingest] = await Promise.all([system.startIngest(), system.startWorker()]);
    await inParallel([...ROWS.entries()], 20, async ([index, row]) => {
      await row.send(system, ingest, phoneOf(index));
    });
    for (const channel of ['sms', 'whatsapp'] as const) {
      const phones = ROWS.flatMap((row, index) => (row.channel === channel ? [phoneOf(index)] : []));
      await system.settled(phones, 1, 60_000, channel);
    }
  });
  afterAll(async () => {
    await system.stop();
    rmSync(dir, { recursive: true });
  });

  it.each([...ROWS.entries()].map(([index, row]) => ({ index, ...row })))(
    '$source: $kind, $form',
    async ({ index, kind, channel }) => {
      const phone = phoneOf(index);
      const entry = await system.entry(phone, channel);
      const states = [...(entry?.senders.values() ?? [])].map(({ state }) => state);
      const outcomes = entry?.history.map(({ outcome }) => outcome);
      const expected = {
        stop: { states: ['stopped'], outcomes: ['applied'], attribute: true },
        start: { states: ['started'], outcomes: ['applied'], attribute: false },
        help: { states: [], outcomes: ['ignored'], attribute: undefined },
      }[kind];
      expect({ states, outcomes }).toEqual({ states: expected.states, outcomes: expected.outcomes });
      expect(system.attribute(phone, ATTRIBUTE[channel])).toEqual([expected.attribute]);
      const other = channel === 'sms' ? 'whatsapp' : 'sms';
      expect(system.attribute(phone, ATTRIBUTE[other])).toEqual([undefined]);
    },
  );

  it('creates no person and leaves no dead letter', async () => {
    expect(system.sandbox.workspace().createdPeople()).toEqual([]);
    expect((await system.queues.deadLetters.size()).count).toBe(0);
  });
});
