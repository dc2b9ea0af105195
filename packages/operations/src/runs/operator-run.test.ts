import { parseOperatorRun } from './operator-run';

const NOW = 1_772_013_598_000;
const HASH = {
  version: '1',
  kind: 'backfill',
  state: 'running',
  by: 'Ann',
  why: 'ingest was down',
  details: '{"accounts":["AC1"]}',
  counts: '{"messages":12}',
  startedAt: String(NOW - 60_000),
  at: String(NOW - 1_000),
};

describe('parseOperatorRun', () => {
  it('returns a run with its counts', () => {
    expect(parseOperatorRun('backfill-1', HASH, NOW)).toMatchObject({
      state: 'running',
      counts: { messages: 12 },
      details: { accounts: ['AC1'] },
    });
  });

  it('takes a run whose process has been silent for 30 s as lost', () => {
    expect(parseOperatorRun('backfill-1', HASH, NOW + 29_000)?.state).toBe('running');
    expect(parseOperatorRun('backfill-1', HASH, NOW + 29_001)?.state).toBe('lost');
    expect(parseOperatorRun('backfill-1', { ...HASH, state: 'ended' }, NOW + 90_000)?.state).toBe('ended');
  });

  it.each([
    ['nothing', {}],
    ['one of a newer release', { ...HASH, version: '2' }],
    ['damaged JSON', { ...HASH, counts: '{"mess' }],
    ['another kind', { ...HASH, kind: 'other' }],
    ['a time that is none', { ...HASH, at: 'yesterday' }],
  ])('leaves out %s', (_, hash) => {
    expect(parseOperatorRun('backfill-1', hash as Record<string, string>, NOW)).toBeUndefined();
  });
});
