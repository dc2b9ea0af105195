import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { phone, stop } from '../test-support/stops';
import { Ledger } from './ledger';
import type { ListOptions, ListedEntry } from './list-entries';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const freshLedger = (): Ledger => new Ledger(redis, { prefix: `test-[a]*${randomUUID()}` });

async function fill(ledger: Ledger, first: number, count: number, workspace = 'default'): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, offset) => {
      const event = stop(first + offset, { sender: '+15005550006' });
      return ledger.record({ workspace, channel: 'sms', phone: event.phone }, event);
    }),
  );
}

async function walk(
  ledger: Ledger,
  options: Partial<ListOptions> = {},
  between: (page: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ found: ListedEntry[]; pages: number }> {
  const found: ListedEntry[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await ledger.list({ matches: () => true, limit: 50, ...options, ...(cursor && { cursor }) });
    found.push(...page.entries);
    if (page.next === undefined) return { found, pages };
    cursor = page.next;
    await between(pages);
  }
}

const phones = (found: readonly ListedEntry[]): string[] => [
  ...new Set(found.map(({ subject }) => subject.phone as string)),
];
const range = (count: number): string[] => Array.from({ length: count }, (_, index) => phone(index));

describe('listing the ledger', () => {
  it('returns every entry, page by page', async () => {
    const ledger = freshLedger();
    await fill(ledger, 0, 300);
    const { found, pages } = await walk(ledger);
    expect(phones(found).sort()).toEqual(range(300));
    expect(pages).toBeGreaterThan(3);
    expect(found[0]?.entry.senders.get('+15005550006')?.state).toBe('stopped');
  });

  it('misses no entry that existed from the start while others are added between the pages', async () => {
    const ledger = freshLedger();
    await fill(ledger, 0, 300);
    const { found } = await walk(ledger, {}, (page) => fill(ledger, 1_000 * page, page < 4 ? 200 : 0));
    expect(phones(found)).toEqual(expect.arrayContaining(range(300)));
  });

  it('returns the matching entries of one workspace', async () => {
    const ledger = freshLedger();
    await fill(ledger, 0, 100);
    await fill(ledger, 100, 100, 'shop');
    expect(phones((await walk(ledger, { workspace: 'shop' })).found).sort()).toEqual(range(200).slice(100));
    expect((await walk(ledger, { channel: 'whatsapp' })).found).toEqual([]);
    const one = ({ subject }: ListedEntry): boolean => subject.phone === phone(7);
    expect(phones((await walk(ledger, { matches: one })).found)).toEqual([phone(7)]);
  });

  it('bounds the work of a page, and returns a cursor with an empty one', async () => {
    const ledger = freshLedger();
    await fill(ledger, 0, 10);
    const others = Array.from({ length: 12_000 }, (_, index) => `${randomUUID()}-${String(index)}`);
    await redis.mset(others.flatMap((key) => [key, '']));
    const page = await ledger.list({ matches: () => false, limit: 50 });
    await redis.del(others);
    expect(page).toMatchObject({ entries: [], next: expect.any(String) as string });
  });

  it('rejects a cursor that is not valid', async () => {
    const ledger = freshLedger();
    const list = (cursor: string) => ledger.list({ matches: () => true, limit: 50, cursor });
    await expect(list('17')).rejects.toThrow('start over');
    await expect(list('00000000-0-17')).rejects.toThrow('start over');
  });
});
