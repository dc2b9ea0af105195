import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { createDocument } from './openapi/document';
import { API_ROUTES } from './routes';
import { startApi, type RunningApi } from './test-support/running-api';
import { deadLetterOf, newPhone, record, subjectOf } from './test-support/samples';
import { sentAfterEntry } from '../test-support/sent-after';

/*
 * What the document says and what the API does. `startApi` compares every answer of every test with the document; here each route
 * is asked once for its success.
 */

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  it('is a valid OpenAPI 3.1 document', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'media-range': true } });
    addFormats(ajv);
    const schema = readFileSync(
      require.resolve('@seriousme/openapi-schema-validator/schemas/v3.1/schema.json'),
      'utf8',
    );
    const validate = ajv.compile(JSON.parse(schema) as object);
    const isValid = validate(JSON.parse(JSON.stringify(createDocument(API_ROUTES))));
    expect(validate.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('is served without a token', async () => {
    const answer = await fetch(`${api.url}/v1/openapi.json`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(createDocument(API_ROUTES))));
  });

  it('has a unique id for each operation', () => {
    const { paths } = createDocument(API_ROUTES);
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(API_ROUTES.length);
  });
});

it('describes the success of every route', async () => {
  const phone = await record(api.stores);
  const id = await api.stores.queues.deadLetters.put(deadLetterOf(phone));
  await api.stores.findings.replace(subjectOf(phone), { missing: ['c1'] });
  const sender = '+15005550006';
  const why = 'a test';
  await api.ask('get', `/optouts/${phone}`);
  await api.ask('get', `/optouts/${phone}/history`);
  await api.ask('get', `/optouts/${phone}/proof`);
  await api.ask('get', '/optouts?reveal=true&state=all');
  await api.ask('post', '/lookups', { body: { phones: [phone, newPhone(), 'nobody'] } });
  await api.ask('post', '/optouts', { body: { phone, sender, why } });
  await api.ask('post', '/optouts/remove', { body: { phone, sender, why } });
  await api.ask('post', '/drift', { body: {} });
  await api.stores.sentAfter.add(sentAfterEntry(subjectOf(phone)));
  await api.ask('get', '/sent-after');
  await api.ask('get', '/dead-letters');
  await api.ask('get', `/dead-letters/${id}?reveal=true`);
  const preview = await api.ask('post', '/dead-letters/replay-preview', { body: { all: true } });
  const { count, revision } = preview.body as { readonly count: number; readonly revision: number };
  const { body } = await api.ask('post', '/dead-letters/replay', {
    body: { filter: { all: true }, count, revision, why },
  });
  const run = (body as { readonly id: string }).id;
  await api.ask('get', '/runs');
  await api.ask('get', `/runs/${run}`);
  await api.ask('post', `/runs/${run}/cancel`, { body: { why } });
  await api.ask('get', '/status');

  const successes = API_ROUTES.map(({ method, path, status }) => `${method} ${path} ${String(status)}`);
  expect([...api.contract.seen]).toEqual(expect.arrayContaining(successes));
});

it('notices an answer that the document does not describe', () => {
  const answer = { method: 'get', path: '/runs', status: 200, type: 'application/json' };
  expect(() => {
    api.contract.check({ ...answer, text: '{"items":[],"next":null}' });
  }).not.toThrow();
  expect(() => {
    api.contract.check({ ...answer, text: '{"items":[],"next":null,"more":1}' });
  }).toThrow('additional properties');
  expect(() => {
    api.contract.check({ ...answer, text: '{"items":[]}' });
  }).toThrow("required property 'next'");
  expect(() => {
    api.contract.check({ ...answer, status: 418, text: '{}' });
  }).toThrow('not in the document');
});
