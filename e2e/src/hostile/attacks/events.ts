import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { Attack } from './attack';
import { FORGED_SIGNATURE, JSON_TYPE, MARK, MB, forgedJson, rawRequest } from './requests';

const EVENTS = WEBHOOK_PATHS.events;
const forgedBatch = (body: string): Buffer => forgedJson(body, EVENTS);

/** Batches of the Event Streams route. */
export const EVENT_ATTACKS: readonly Attack[] = [
  ['JSON nested a million deep', forgedBatch('['.repeat(MB)), [503, 'bad_signature']],
  [
    'JSON nested a million deep and closed',
    forgedBatch('['.repeat(MB) + ']'.repeat(MB)),
    [503, 'bad_signature'],
  ],
  ['a JSON array of 5 million', forgedBatch(`[${'{},'.repeat(5_000_000)}{}]`), [503, 'bad_signature']],
  [
    'JSON numbers of a million digits',
    forgedBatch(`[${'9'.repeat(MB)},1e999999999,-0.${'0'.repeat(MB)}1]`),
    [503, 'bad_signature'],
  ],
  [
    'JSON with a key 100,000 times',
    forgedBatch(`{${'"a":1,'.repeat(100_000)}"a":2}`),
    [503, 'bad_signature'],
  ],
  [
    'JSON with prototypes as keys',
    forgedBatch('[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]'),
    [503, 'bad_signature'],
  ],
  [
    'a batch without a signature',
    rawRequest(`POST ${EVENTS}`, [JSON_TYPE], `[{"a":"${MARK}"}]`),
    [503, 'missing_signature'],
  ],
  [
    'a URL of 70 kB',
    rawRequest(`POST ${EVENTS}?//x@${"'".repeat(70_000)}`, [JSON_TYPE, FORGED_SIGNATURE], '[]'),
    [503, 'body_too_large'],
  ],
  [
    'a batch of 17 MB, announced',
    rawRequest(`POST ${EVENTS}`, [JSON_TYPE, FORGED_SIGNATURE], MARK, `content-length: ${String(17 * MB)}`),
    [503, 'body_too_large'],
  ],
];
