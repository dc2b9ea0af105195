import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { SenderLabels } from './sender-labels';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let prefix: string;
beforeEach(() => {
  prefix = `test-${randomUUID()}`;
});
const open = (names: Readonly<Record<string, string>> = {}): SenderLabels =>
  new SenderLabels(redis, prefix, (sender) => names[sender]);

const MG = `MG${'1'.repeat(32)}`;

describe('SenderLabels', () => {
  it('names a sender by its configured name, a service by its SID, and a number by its last four digits', async () => {
    const labels = open({ '+15005550006': 'alerts' });
    const senders = ['+15005550006', MG, '+15005550007', 'whatsapp:+15005550008', '24444'];
    expect(await labels.add(senders)).toEqual(['alerts', MG, '0007', '0008', '4444']);
    expect(senders.map((sender) => labels.labelOf(sender))).toEqual(['alerts', MG, '0007', '0008', '4444']);
    expect(await labels.add(senders)).toEqual([]);
  });

  it('takes over the labels that another worker added', async () => {
    await open().add([MG]);
    const labels = open();
    expect(labels.labelOf(MG)).toBe('other');
    expect(await labels.add([])).toEqual([MG]);
    expect(labels.labelOf(MG)).toBe(MG);
  });

  it('names at most 200, the rest as one', async () => {
    const senders = Array.from({ length: 300 }, (_, n) => `+1500555${String(n).padStart(4, '0')}`);
    const labels = open();
    await labels.add(senders);
    const named = new Set(senders.map((sender) => labels.labelOf(sender)));
    expect(named.size).toBe(200);
    expect(named).toContain('other');
    const there = open();
    await there.add(senders.toReversed());
    expect(new Set(senders.map((sender) => there.labelOf(sender)))).toEqual(named);
  });
});
