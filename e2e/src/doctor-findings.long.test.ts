import { writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FINDINGS, runDoctor } from '@optout-sync/operations';
import { waitFor } from '@optout-sync/local-runtime/process';
import { InboundEvent } from '@optout-sync/shared/domain';
import { Findings, UnappliedIndex, reconcileKey } from '@optout-sync/shared/reconcile';
import { enqueueSync } from '@optout-sync/shared/queues';
import { AUTH_TOKEN, System, type Running } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID as SID,
  addCampaign,
  addNumber,
  addService,
  sendTwilioWebhook,
  startTwilioApi,
  twilioMessage,
  type AccountState,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { startFront, stopFront } from './support/https-front';

jest.setTimeout(120_000);

type Env = Record<string, string>;
type Undo = () => unknown;

const HOUR_MS = 3_600_000;
const OUR_NUMBER = '+15005550006';
const PHONE = InboundEvent.shape.phone.parse('+14155550101');

let system: System;
let api: TwilioApi;
let account: AccountState;
let worker: Running;
let ingest: Running;
let front: PlainFront;
let serviceSid: string;

/** What stands at PUBLIC_URL: it passes everything on to ingest, unless a test says otherwise. */
interface PlainFront {
  readonly server: Server;
  readonly url: string;
  target: number;
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
}

async function startPlainFront(): Promise<PlainFront> {
  const pass: PlainFront['answer'] = (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    incoming.pipe(
      request({ port: started.target, method, path: url, headers }, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      }),
    );
  };
  const started = { target: 0, answer: pass };
  const server = createServer((incoming, outgoing) => {
    started.answer(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(started, { server, url: `http://127.0.0.1:${String(portOf(server))}` });
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

/** Passes the connections to Redis on, and changes what comes back. */
async function startRedisFilter(change: (chunk: Buffer) => Promise<Buffer> | Buffer): Promise<TcpServer> {
  const upstream = Number(new URL(system.redis.url).port);
  const server = createTcpServer((client) => {
    const redis = connect(upstream, '127.0.0.1');
    client.on('error', () => redis.destroy()).pipe(redis);
    redis.on('error', () => client.destroy()).on('close', () => client.destroy());
    void (async () => {
      for await (const chunk of redis as AsyncIterable<Buffer>) client.write(await change(chunk));
    })().catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
const throughPort = (port: number): string => system.redis.url.replace(/:\d+$/, `:${String(port)}`);

/** Sets the webhooks of the service at Twilio up for a base URL. */
function wire(publicUrl: string): void {
  Object.assign(account.services.get(serviceSid) ?? {}, {
    inbound_request_url: `${publicUrl}/webhooks/twilio/messages#rc=3&rp=all`,
    fallback_url: 'https://backup.example.com/webhooks/twilio/messages',
    status_callback: `${publicUrl}/webhooks/twilio/status`,
    use_inbound_webhook_on_number: false,
  });
}

/** Changes the service at Twilio, and back. */
function service(fields: Record<string, unknown>): Undo {
  Object.assign(account.services.get(serviceSid) ?? {}, fields);
  return () => {
    wire(front.url);
  };
}

/** A sink of Event Streams that leads here, with these types. */
function streams(types: Readonly<Record<string, number>>, status: 'active' | 'failed' = 'active'): Undo {
  const named = Object.entries(types).map(
    ([type, version]) => [`com.twilio.messaging.${type}`, version] as const,
  );
  account.sinks.set('DG1', {
    sid: 'DG1',
    description: '',
    sink_type: 'webhook',
    sink_configuration: { destination: `${front.url}/webhooks/twilio/events` },
    status,
    date_created: '',
    date_updated: '',
  });
  account.subscriptions.set('DF1', {
    sid: 'DF1',
    account_sid: SID,
    description: '',
    sink_sid: 'DG1',
    date_created: '',
    date_updated: '',
    types: new Map(named),
  });
  return () => {
    account.sinks.clear();
    account.subscriptions.clear();
  };
}

const ALL_TYPES = {
  'inbound-message.received': 6,
  'message.failed': 8,
  'message.undelivered': 8,
  'reassigned-number.detected': 1,
};

/** A file of settings beside the environment. */
async function settings(yaml: string): Promise<Env> {
  const path = join(await system.newFolder(), 'optout.yaml');
  writeFileSync(path, yaml);
  return { OPTOUT_CONFIG: path };
}

async function doctor(changes: Env = {}): Promise<Found> {
  const env = { ...(system.env as Env), ...healthy(), ...changes };
  const findings = await runDoctor(env);
  return findings.filter(({ level }) => level === 'warning' || level === 'failure').map(({ code }) => code);
}
const healthy = (): Env => ({
  TWILIO_API_URL: api.url,
  PUBLIC_URL: front.url,
  INGEST_ADMIN_PORT: String(ingest.adminPort),
});

beforeAll(async () => {
  system = await System.start({ env: { RECONCILE_PERIOD: 'off' } });
  front = await startPlainFront();
  api = await startTwilioApi({ [SID]: AUTH_TOKEN });
  account = api.account(SID);
  const numbers = [addNumber(account, OUR_NUMBER)];
  serviceSid = addService(account, 'Offers', { numbers }).sid;
  wire(front.url);
  ingest = await system.startIngest({ PUBLIC_URL: front.url });
  front.target = ingest.port;
  worker = await system.startWorker();
  system.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
});
afterAll(async () => {
  front.server.closeAllConnections();
  await new Promise((resolve) => front.server.close(resolve));
  await Promise.all([system.stop(), api.stop()]);
});

/** Changes one thing. Returns what else the command is given, and how to undo the change. */
type Provoke = () => Promise<{ env?: Env; undo?: Undo }> | { env?: Env; undo?: Undo };

const withEnv =
  (env: Env): Provoke =>
  () => ({ env });
const undone =
  (change: () => Undo): Provoke =>
  () => ({ undo: change() });

/** Redis behind a filter. */
const filtered =
  (change: Parameters<typeof startRedisFilter>[0]): Provoke =>
  async () => {
    const server = await startRedisFilter(change);
    return { env: { REDIS_URL: throughPort(portOf(server)) }, undo: () => server.close() };
  };

/** Changes a setting of Redis, and back. */
const redisSetting =
  (name: string, value: () => Promise<string> | string): Provoke =>
  async () => {
    const [, before = ''] = await system.connection.config('GET', name);
    await system.configureRedis(name, await value());
    return { undo: () => system.configureRedis(name, before) };
  };

const sandboxFault =
  (...fault: Parameters<System['sandbox']['fault']>): Provoke =>
  () => {
    const added = system.sandbox.fault(...fault);
    return { undo: () => added.remove() };
  };

const PROVOKE: Readonly<Record<keyof typeof FINDINGS, Provoke>> = {
  config_invalid: withEnv({ RECONCILE_PERIOD: 'often' }),
  config_warning: async () => ({ env: await settings('keywords: { match: contains }') }),
  redis_unreachable: withEnv({ REDIS_URL: 'redis://127.0.0.1:1' }),
  redis_too_old: filtered((chunk) =>
    Buffer.from(chunk.toString('latin1').replace(/redis_version:\d/, 'redis_version:5'), 'latin1'),
  ),
  redis_not_durable: redisSetting('appendonly', () => 'no'),
  redis_durability_unknown: async () => {
    await system.connection.call(
      'ACL',
      'SETUSER',
      'limited',
      'on',
      '>secret',
      '~*',
      '&*',
      '+@all',
      '-config',
    );
    const url = new URL(system.redis.url);
    url.username = 'limited';
    url.password = 'secret';
    return { env: { REDIS_URL: url.href }, undo: () => system.connection.call('ACL', 'DELUSER', 'limited') };
  },
  redis_memory_low: redisSetting('maxmemory', async () => {
    const [, used = '0'] = /used_memory:(\d+)/.exec(await system.connection.info('memory')) ?? [];
    return String(Math.round(Number(used) / 0.85));
  }),
  redis_slow: filtered(async (chunk) => {
    await delay(30);
    return chunk;
  }),
  clock_skew: undone(() => {
    const pass = front.answer;
    front.answer = (incoming, outgoing) => {
      const writeHead = outgoing.writeHead.bind(outgoing);
      outgoing.writeHead = ((status: number, headers: Record<string, string>) =>
        writeHead(status, { ...headers, date: new Date(Date.now() - HOUR_MS).toUTCString() })) as never;
      pass(incoming, outgoing);
    };
    return () => (front.answer = pass);
  }),
  unserved_workspace: async () => {
    const request = { version: 1, workspace: 'old-shop', channel: 'sms', phone: PHONE } as const;
    await enqueueSync(system.queues, request);
    return { undo: () => system.queues.syncOf('old-shop').obliterate({ force: true }) };
  },
  no_worker: async () => {
    await worker.stop();
    await waitFor(async () => (await system.queues.inbound.getWorkersCount()) === 0, { what: 'no worker' });
    return {
      undo: async () => {
        worker = await system.startWorker();
      },
    };
  },
  optouts_late: async () => {
    const index = new UnappliedIndex(system.connection, system.prefix);
    const subject = { workspace: 'default', channel: 'sms', phone: PHONE } as const;
    const receivedAt = Date.now() - 2 * 60_000;
    // Has a job, which waits: otherwise the worker takes it off, since the ledger has no such opt-out.
    const syncs = system.queues.syncOf('default');
    const payload = { version: 1 as const, ...subject };
    const deduplication = { id: `sms|${PHONE}` };
    const job = await syncs.add('sync', { payload }, { deduplication, delay: 3_600_000 });
    await index.add(subject, receivedAt, true);
    return {
      undo: async () => {
        await job.remove();
        await system.connection.del(reconcileKey(system.prefix, 'default', 'unapplied'));
      },
    };
  },
  spool_in_use: async () => {
    const apart = await system.startIngest({ PUBLIC_URL: front.url, REDIS_URL: 'redis://127.0.0.1:1' });
    const path = '/webhooks/twilio/messages';
    const { status } = await sendTwilioWebhook({
      url: `${front.url}${path}`,
      connectUrl: `http://127.0.0.1:${String(apart.port)}${path}`,
      params: twilioMessage({ From: PHONE, Body: 'STOP' }),
      authToken: AUTH_TOKEN,
    });
    expect(status).toBe(200);
    return { env: { INGEST_ADMIN_PORT: String(apart.adminPort) }, undo: () => apart.kill('SIGKILL') };
  },
  dead_letters: async () => {
    const id = await system.queues.deadLetters.put({
      version: 1,
      stage: 'ingest',
      code: 'message_not_understood',
      message: 'unparsable',
      undone: { type: 'raw', data: {} },
      attempts: [],
      firstFailedAt: Date.now(),
      lastFailedAt: Date.now(),
    });
    return { undo: () => system.queues.deadLetters.discard({ ids: [id] }) };
  },
  drift: async () => {
    const findings = new Findings(system.connection, system.prefix);
    const subject = { workspace: 'default', channel: 'sms', phone: PHONE } as const;
    await findings.replace(subject, { missing: ['a1'] });
    return { undo: () => findings.replace(subject, {}) };
  },
  sweep_overdue: async () => {
    const key = reconcileKey(system.prefix, 'default', 'pass');
    const longAgo = Date.now() - 72 * HOUR_MS;
    await system.connection.hset(key, { firstSeenAt: longAgo, endedAt: longAgo });
    return { env: { RECONCILE_PERIOD: '24h' }, undo: () => system.connection.del(key) };
  },
  signatures_rejected: async () => {
    const apart = await system.startIngest({ PUBLIC_URL: front.url });
    await system.deliver(apart, twilioMessage({ From: PHONE }), { authToken: 'f'.repeat(32) });
    return { env: { INGEST_ADMIN_PORT: String(apart.adminPort) }, undo: () => apart.stop() };
  },
  customerio_keys_rejected: withEnv({ CUSTOMERIO_APP_API_KEY: 'wrong' }),
  customerio_unreachable: withEnv({ CUSTOMERIO_APP_URL: 'http://127.0.0.1:1' }),
  customerio_right_missing: sandboxFault({
    match: { operation: 'attributes' },
    effect: { kind: 'status', status: 403, body: { errors: [{ detail: 'forbidden', status: '403' }] } },
  }),
  customerio_answer_unexpected: sandboxFault({
    match: { operation: 'attributes' },
    effect: { kind: 'status', status: 200, body: { people: [] } },
  }),
  phone_attribute_missing: withEnv({ CUSTOMERIO_PHONE_ATTRIBUTE: 'mobile' }),
  phone_spelling_unsearched: () => {
    const workspace = system.sandbox.workspace();
    const cioId = workspace.addPerson({ attributes: { phone: '(415) 555-0103' } });
    return { undo: () => workspace.setAttributes(cioId, { phone: '' }) };
  },
  twilio_region: withEnv({ TWILIO_API_URL: 'https://api.dublin.ie1.twilio.com' }),
  // Ingest has the same wrong token, so that the probe passes.
  twilio_credentials_rejected: async () => {
    const token = { TWILIO_AUTH_TOKEN: 'f'.repeat(32) };
    const other = await system.startIngest({ PUBLIC_URL: front.url, ...token });
    front.target = other.port;
    return {
      env: token,
      undo: async () => {
        front.target = ingest.port;
        await other.stop();
      },
    };
  },
  twilio_key_rejected: withEnv({ TWILIO_API_KEY: `SK${'1'.repeat(32)}`, TWILIO_API_SECRET: 'wrong' }),
  twilio_token_rejected: withEnv({ TWILIO_AUTH_TOKEN: `${AUTH_TOKEN},${'f'.repeat(32)}` }),
  twilio_token_not_primary: () => {
    const body = { sid: SID, auth_token: 'e'.repeat(32), status: 'active', type: 'Full', friendly_name: 'x' };
    api.failNext({ status: 200, body: JSON.stringify(body) });
    return {};
  },
  twilio_account_inactive: undone(() => {
    account.status = 'suspended';
    return () => (account.status = 'active');
  }),
  twilio_unreachable: withEnv({ TWILIO_API_URL: 'http://127.0.0.1:1' }),
  twilio_answer_unexpected: () => {
    api.failNext('none', { status: 200, body: '{"incoming_phone_numbers":[{"sid":"PN1"}]}' });
    return {};
  },
  twilio_no_senders: undone(() => {
    const [numbers, services] = [[...account.numbers], [...account.services]];
    account.numbers.clear();
    account.services.clear();
    return () => {
      for (const [sid, number] of numbers) account.numbers.set(sid, number);
      for (const [sid, one] of services) account.services.set(sid, one);
    };
  }),
  shared_key: undone(() => {
    const signature = { keyId: 'k', algorithm: 'HMAC_SHA256' };
    const id = 'webhooks_setting_01';
    account.webhookSettings.set(id, { id, signature });
    account.webhookRules.push({
      id: 'r1',
      matchType: 'PREFIX_MATCH',
      prefix: front.url,
      settings: [{ settingId: id }],
    });
    return () => {
      account.webhookSettings.clear();
      account.webhookRules.length = 0;
    };
  }),
  webhook_dropped: undone(() => service({ inbound_request_url: null })),
  webhook_elsewhere: undone(() => service({ inbound_request_url: 'https://track.customer.io/inbound/sms' })),
  webhook_other_base: undone(() =>
    service({ inbound_request_url: 'https://old.example.com/webhooks/twilio/messages' }),
  ),
  webhook_without_retries: undone(() =>
    service({ inbound_request_url: `${front.url}/webhooks/twilio/messages` }),
  ),
  webhook_without_fallback: undone(() => service({ fallback_url: null })),
  webhook_of_application: undone(() => {
    const { sid } = addNumber(account, '+15005550007', { sms_application_sid: `AP${'1'.repeat(32)}` });
    return () => account.numbers.delete(sid);
  }),
  webhook_of_flow: undone(() =>
    service({
      inbound_request_url: `https://webhooks.twilio.com/v1/Accounts/${SID}/Flows/FW${'0'.repeat(32)}`,
    }),
  ),
  blocked_sends_unreported: undone(() => service({ status_callback: null })),
  event_sink_inactive: undone(() => streams(ALL_TYPES, 'failed')),
  event_type_missing: undone(() => streams({ 'inbound-message.received': 6, 'message.failed': 8 })),
  event_schema_old: undone(() => streams({ ...ALL_TYPES, 'inbound-message.received': 4 })),
  keywords_missing: undone(() => {
    addCampaign(account, serviceSid, { opt_out_keywords: ['STOP', 'ARRET'] });
    return () => {
      account.campaigns.clear();
    };
  }),
  number_moved: async () => {
    const key = `${system.prefix}:doctor:services:${SID}`;
    await system.connection.hset(key, OUR_NUMBER, `MG${'9'.repeat(32)}`);
    return {};
  },
  sender_not_found: async () => ({
    env: await settings(`
twilio:
  accounts:
    - sid: ${SID}
      auth_tokens: ${AUTH_TOKEN}
      numbers: ['${OUR_NUMBER}', '+15005550098']
`),
  }),
  service_numbers_differ: async () => ({
    env: await settings(`
twilio:
  accounts:
    - sid: ${SID}
      auth_tokens: ${AUTH_TOKEN}
      services: { ${serviceSid}: ['+15005550009', '${OUR_NUMBER}'] }
`),
  }),
  public_url_missing: withEnv({ PUBLIC_URL: '' }),
  public_url_plain_http: async () => {
    // Every address of this machine, and none that counts as loopback.
    const url = front.url.replace('127.0.0.1', '0.0.0.0');
    const other = await system.startIngest({ PUBLIC_URL: url });
    front.target = other.port;
    wire(url);
    return {
      env: { PUBLIC_URL: url, INGEST_ADMIN_PORT: String(other.adminPort) },
      undo: async () => {
        front.target = ingest.port;
        wire(front.url);
        await other.stop();
      },
    };
  },
  probe_unanswered: undone(() => {
    const pass = front.answer;
    front.answer = ({ socket }) => socket.destroy();
    return () => (front.answer = pass);
  }),
  probe_refused: async () => {
    const other = await system.startIngest({ PUBLIC_URL: front.url, TWILIO_AUTH_TOKEN: 'f'.repeat(32) });
    front.target = other.port;
    return {
      undo: async () => {
        front.target = ingest.port;
        await other.stop();
      },
    };
  },
  probe_not_ours: undone(() => {
    const pass = front.answer;
    front.answer = (_, outgoing) => outgoing.end('hello');
    return () => (front.answer = pass);
  }),
  tls_invalid: async () => {
    const tls = await startFront(await system.newFolder());
    wire(tls.url);
    return {
      env: { PUBLIC_URL: tls.url },
      undo: async () => {
        wire(front.url);
        await stopFront(tls);
      },
    };
  },
  tls_expires_soon: async () => {
    const tls = await startFront(await system.newFolder(), { daysLeft: 5 });
    const other = await system.startIngest({ PUBLIC_URL: tls.url });
    tls.target = other.port;
    wire(tls.url);
    return {
      env: {
        PUBLIC_URL: tls.url,
        INGEST_ADMIN_PORT: String(other.adminPort),
        NODE_EXTRA_CA_CERTS: tls.caFile,
      },
      undo: async () => {
        wire(front.url);
        await stopFront(tls);
        await other.stop();
      },
    };
  },
};

/** Node reads certificates when it starts: this one takes a process of its own. */
async function doctorOfItsOwn(env: Env): Promise<Found> {
  const { out } = await system.cli(['doctor', '--json'], { ...healthy(), ...env });
  const { findings } = JSON.parse(out) as { findings: { level: string; code?: string }[] };
  return findings.flatMap(({ code }) => code ?? []);
}

type Found = (string | undefined)[];

/** On a busy machine Redis is really slow at times: then it is looked at again. */
async function whileRedisIsQuick(look: () => Promise<Found>): Promise<Found> {
  let found: Found = [];
  const isQuick = async (): Promise<boolean> => {
    found = await look();
    return !found.includes('redis_slow');
  };
  await waitFor(isQuick, { what: 'a quick Redis', timeoutMs: 90_000 }).catch(() => undefined);
  return found;
}

async function provoked(code: keyof typeof FINDINGS): Promise<Found> {
  const { env = {}, undo } = await PROVOKE[code]();
  try {
    return await (env.NODE_EXTRA_CA_CERTS === undefined ? doctor(env) : doctorOfItsOwn(env));
  } finally {
    await undo?.();
  }
}

it('finds nothing where nothing is wrong', async () => {
  expect(await whileRedisIsQuick(doctor)).toEqual([]);
});

it.each(Object.keys(FINDINGS) as (keyof typeof FINDINGS)[])('finds %s, once and alone', async (code) => {
  const look = (): Promise<Found> => provoked(code);
  expect(await (code === 'redis_slow' ? look() : whileRedisIsQuick(look))).toEqual([code]);
});

it('finds nothing once all of it is undone', async () => {
  await doctor();
  expect(await whileRedisIsQuick(doctor)).toEqual([]);
});
