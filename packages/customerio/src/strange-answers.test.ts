import { Redis } from 'ioredis';
import { AppApi } from './app-api';
import { harmlessSearch } from './harmless-requests';
import {
  startAnsweringServer,
  type AnsweringServer,
  type CannedAnswer,
} from './test-support/answering-server';
import { guardedApi, type GuardedApi } from './test-support/guarded-api';
import { createWriter } from './track-api';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let server: AnsweringServer;
let api: GuardedApi;
beforeEach(async () => {
  server = await startAnsweringServer();
  api = guardedApi({ redis, baseUrl: server.url, harmless: harmlessSearch('phone') });
});
afterEach(async () => {
  api.close();
  await server.stop();
});

const NOT_UNDERSTOOD = { kind: 'transient', code: 'customerio_answer_not_understood' };
const HTML = '<html>maintenance</html>';

it.each<[string, CannedAnswer]>([
  ['no content', { status: 200 }],
  ['an empty object', { status: 200, body: {} }],
  ['a list of errors', { status: 200, body: { errors: [{ detail: 'x' }] } }],
  ['202', { status: 202, body: { identifiers: null, ids: null, next: '' } }],
  ['204', { status: 204 }],
  ['HTML', { status: 200, body: HTML }],
])('a search that is answered by %s finds nobody only later', async (_, answer) => {
  server.answer(answer);
  await expect(new AppApi(api.client).findPeople('phone', ['+1'])).rejects.toMatchObject(NOT_UNDERSTOOD);
});

it.each<[string, CannedAnswer]>([
  ['no people', { status: 200, body: {} }],
  ['an error', { status: 200, body: { customers: [], meta: { error: 'x' } } }],
  ['207', { status: 207, body: { customers: [] } }],
])('attributes that are answered by %s are read again later', async (_, answer) => {
  server.answer(answer);
  await expect(new AppApi(api.client).attributeValues(['a'], 'phone')).rejects.toMatchObject(NOT_UNDERSTOOD);
});

it.each<[string, CannedAnswer]>([
  ['202', { status: 202, body: {} }],
  ['207 without errors', { status: 207, body: {} }],
  ['207 with the error of no item', { status: 207, body: { errors: [{ batch_index: 9 }] } }],
  ['an error', { status: 200, body: { meta: { error: 'x' } } }],
  ['errors', { status: 200, body: { errors: [{ batch_index: 0 }] } }],
  ['a message', { status: 200, body: { message: 'queued' } }],
  ['no content', { status: 200 }],
  ['HTML', { status: 200, body: HTML }],
])('a write that is answered by %s is made again later', async (_, answer) => {
  server.answer(answer);
  const write = createWriter(api.client);
  const one = { identifier: { cio_id: 'a' }, attributes: { sms_unsubscribe: true }, timestamp: 1 };
  await expect(write(one)).rejects.toMatchObject(NOT_UNDERSTOOD);
});

it.each<[string, CannedAnswer]>([
  ['202', { status: 202 }],
  ['HTML', { status: 200, body: HTML }],
])('opt-outs that are answered by %s are set again later', async (_, answer) => {
  server.answer(answer);
  await expect(new AppApi(api.client).setOptOuts('a', [])).rejects.toMatchObject(NOT_UNDERSTOOD);
});

it.each(['flat', 'nested'] as const)('reads values and their times from a %s answer', async (form) => {
  const customer = {
    identifiers: { cio_id: 'a' },
    attributes: { sms_unsubscribe: 'true', plan: 'x', tags: ['a'] },
    timestamps: { sms_unsubscribe: 1_772_013_598, plan: '7', tags: null },
  };
  server.answer({ status: 200, body: { customers: [form === 'nested' ? { customer } : customer] } });
  const people = await new AppApi(api.client).readPeople(
    ['a', 'gone'],
    ['sms_unsubscribe', 'plan', 'tags', 'none'],
  );
  expect([...people.keys()]).toEqual(['a']);
  expect(people.get('a')).toEqual({
    values: new Map([
      ['sms_unsubscribe', 'true'],
      ['plan', 'x'],
    ]),
    timestamps: new Map([
      ['sms_unsubscribe', 1_772_013_598],
      ['plan', 7],
    ]),
  });
});

it.each([{}, { timestamps: null }, { timestamps: 'x' }])(
  'reads a person without times (%j)',
  async (extra) => {
    const customer = { identifiers: { cio_id: 'a' }, attributes: { sms_unsubscribe: 'false' }, ...extra };
    server.answer({ status: 200, body: { customers: [customer] } });
    const people = await new AppApi(api.client).readPeople(['a'], ['sms_unsubscribe']);
    expect(people.get('a')).toEqual({
      values: new Map([['sms_unsubscribe', 'false']]),
      timestamps: new Map(),
    });
  },
);
