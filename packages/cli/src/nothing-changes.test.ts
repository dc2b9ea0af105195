import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ApiScope, ApiTokens, startReplay } from '@optout-sync/operations';
import { Findings, PassRequests } from '@optout-sync/shared/reconcile';
import { ReviewEntry } from '@optout-sync/shared/review';
import type { Subject } from '@optout-sync/shared/domain';
import {
  TWILIO_ACCOUNT_SID as SID,
  addNumber,
  loggedInbound,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { createProgram, withSubcommands } from './program';
import { AUTH_TOKEN, PUBLIC_URL } from './test-support/accounts';
import { runWith } from './test-support/cli';
import { startVerifySystem, type VerifySystem } from './test-support/verify';

/*
 * Every command is run once without --yes, with something to do: nothing may change in Redis, at Twilio or at Customer.io.
 */

const SENDER = '+15005550006';
const WHO = ['--by', 'Ann', '--why', 'just looking'];

let system: VerifySystem;
let twilio: TwilioApi;
let dir: string;
let subject: Subject;
/** What the command lines name. */
const named = { event: '', unresolved: '', run: '', review: '', csv: '', password: '' };

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'preview-'));
  twilio = await startTwilioApi({ [SID]: AUTH_TOKEN });
  system = await startVerifySystem();
  addNumber(twilio.account(SID), SENDER);
  twilio.log(loggedInbound(new Date(Date.now() - 60_000), { from: '+14155550123', body: 'STOP' }));
  subject = system.freshSubject();
  await system.record(subject, { sender: SENDER });
  const cioId = system.workspace.addPerson({ attributes: { phone: subject.phone } });
  await system.markApplied(subject, [cioId]);
  // Somebody who was opted out at Customer.io by hand.
  system.workspace.addPerson({ attributes: { phone: '+14155550166', sms_unsubscribe: true } });
  // Somebody whom only an operator sets back, and a pass that can be cancelled.
  const prefix = system.env.QUEUE_PREFIX ?? '';
  await new Findings(system.redis, prefix).replace(subject, { missing: [cioId], orphaned: ['a9'] });
  await new PassRequests(system.redis, prefix).request('default', { mode: 'enforce', by: 'Bea' });
  await seedLists();
  named.csv = join(dir, 'list.csv');
  named.password = join(dir, 'password');
  writeFileSync(named.password, 'correct horse battery staple\n');
  const scopes = ApiScope.options.slice(0, 1);
  const token = { name: 'old', scopes, createdAt: Date.now(), by: 'Bea', why: 'before' };
  await new ApiTokens(system.redis, prefix).add(token);
  writeFileSync(named.csv, 'phone,date\n+14155550188,2026-01-01\n');
});
afterAll(async () => {
  await Promise.all([system.stop(), twilio.stop()]);
  rmSync(dir, { recursive: true });
});

async function seedLists(): Promise<void> {
  const { queues, reviewList, audit } = system;
  const times = { firstFailedAt: Date.now(), lastFailedAt: Date.now(), attempts: [] };
  const failed = { version: 1, stage: 'record', code: 'internal_error', message: 'x', ...times } as const;
  const unresolved = {
    messageSid: `SM${'1'.repeat(32)}`,
    accountSid: SID,
    kind: 'stop',
    channel: 'whatsapp',
  };
  const person = { ...unresolved, sender: 'whatsapp:+15005550006', source: 'webhook' };
  named.unresolved = await queues.deadLetters.put({
    ...failed,
    undone: { type: 'raw', data: { route: 'messages', params: {}, unresolved: person } },
  });
  named.event = await queues.deadLetters.put({ ...failed, undone: { type: 'raw', data: {} } });
  const author = { by: 'Bea', why: 'before' };
  named.run = (await startReplay({ queues, audit }, { ids: [named.event] }, author)).id;
  named.review = `SM${'2'.repeat(32)}`;
  await reviewList.add(
    ReviewEntry.parse({
      ...subject,
      phone: '+14155550177',
      sender: SENDER,
      messageSid: named.review,
      phrase: 'stop_texting',
      receivedAt: Date.now(),
    }),
  );
}

/** A command line of every command, whose exit code is 0, or 3 where something differs. */
const LINES: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  assess: () => [['--since', '2d', '--rate', '100']],
  doctor: () => [[]],
  'setup twilio': () => [WHO],
  'setup customerio': () => [[]],
  status: () => [[]],
  link: () => [[subject.phone, '--sender', SENDER]],
  'optouts show': () => [[subject.phone]],
  'optouts list': () => [[], ['--drifted'], ['--all']],
  'optouts verify': () => [
    [subject.phone],
    [subject.phone, '--fix', ...WHO],
    [subject.phone, '--fix', '--allow-opt-in', ...WHO],
    ['--all', '--status'],
    ['--all', '--fix', ...WHO],
    ['--all', '--fix', '--allow-opt-in', ...WHO],
    ['--all', '--cancel', ...WHO],
  ],
  'optouts add': () => [['+14155550199', '--sender', SENDER, ...WHO]],
  'optouts remove': () => [[subject.phone, '--sender', SENDER, ...WHO]],
  'optouts export': () => [[]],
  'optouts import': () => [[named.csv, '--sender', SENDER, ...WHO]],
  'optouts erase': () => [
    [subject.phone, ...WHO],
    [subject.phone, '--all', ...WHO],
  ],
  'optouts sync': () => [[subject.phone, ...WHO]],
  'consent push': () => [
    ['+14155550199', '--sender', SENDER, ...WHO],
    ['--csv', named.csv, '--sender', SENDER, ...WHO],
    ['--from-customerio', '--sender', SENDER, ...WHO],
  ],
  'review list': () => [[]],
  'review done': () => [[named.review, ...WHO]],
  'review stop': () => [[named.review, ...WHO]],
  'sent-after list': () => [[]],
  'dlq list': () => [[]],
  'dlq show': () => [[named.event]],
  'dlq replay': () => [
    ['--all', ...WHO],
    [named.event, ...WHO],
  ],
  'dlq resolve': () => [[named.unresolved, '--phone', '+14155550155', ...WHO]],
  'dlq discard': () => [['--all', ...WHO]],
  'runs list': () => [[]],
  'runs show': () => [[named.run]],
  'runs cancel': () => [[named.run, ...WHO]],
  audit: () => [[]],
  backfill: () => [['--since', '1h', ...WHO]],
  'config check': () => [[]],
  'console add-user': () => [['ada', '--role', 'viewer', '--password-file', named.password]],
  'token add': () => [['--name', 'crm', '--scopes', 'optouts:read', ...WHO]],
  'token list': () => [[]],
  'token revoke': () => [['old', ...WHO]],
  completion: () => [['bash']],
};

/** The commands that do something at once. docs/cli.md says why. */
const AT_ONCE: readonly string[] = [
  'init',
  // It records that a whole number was handed on.
  'proof',
  ...['message', 'status', 'event', 'studio', 'outage', 'refuse', 'mend'].map((name) => `simulate ${name}`),
];

const program = createProgram({ env: {}, out: () => undefined, error: () => undefined });
const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
const isShown = (command: Command): boolean =>
  !command.parent ||
  (command.parent.createHelp().visibleCommands(command.parent).includes(command) && isShown(command.parent));
const leaves = withSubcommands(program).filter((one) => one.commands.length === 0 && isShown(one));

/** The rate limit of Customer.io, what BullMQ notes when a queue is opened, and what doctor remembers. */
const NOT_COMPARED = /:budget:|:meta$|:doctor:services:/;

/** Everything that a command could change. */
async function everything(): Promise<unknown> {
  const keys = (await system.redis.keys(`*${system.env.QUEUE_PREFIX ?? ''}*`)).filter(
    (key) => !NOT_COMPARED.test(key),
  );
  const values = await Promise.all(
    keys.toSorted().map(async (key) => [key, (await system.redis.dumpBuffer(key)).toString('base64')]),
  );
  return {
    redis: values,
    people: system.workspace.people(),
    twilio: twilio.writes,
    files: readdirSync(dir),
  };
}

it('all commands are known here, and those that change something have --yes, --by and --why', () => {
  expect([...Object.keys(LINES), ...AT_ONCE].toSorted()).toEqual(leaves.map(pathOf).toSorted());
  for (const leaf of leaves) {
    const lines = (LINES[pathOf(leaf)] ?? (() => []))();
    if (!lines.flat().includes('--why')) continue;
    const options = leaf.options.map(({ long }) => long);
    expect(options).toEqual(expect.arrayContaining(['--yes', '--by', '--why']));
  }
});

it.each(Object.keys(LINES))('%s changes nothing without --yes', async (path) => {
  const env = {
    ...system.env,
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID: SID,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_URL: twilio.url,
    LINK_KEY: 'ab'.repeat(32),
  };
  const before = await everything();
  for (const line of LINES[path]?.() ?? []) {
    const { code, error, out } = await runWith(env, ...path.split(' '), ...line);
    const expected = path === 'doctor' ? [1] : [0, 3];
    expect({ line, code, said: expected.includes(code) ? '' : error + out }).toEqual({
      line,
      code,
      said: '',
    });
    if (line.includes('--why')) expect(`${out}\n${error}`).toContain('Nothing was done.');
  }
  expect(await everything()).toEqual(before);
});
