import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { E164, type Subject } from '../domain';
import { PersonLooks } from './person-looks';
import { SecondLooks } from './second-looks';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const SUBJECT: Subject = { workspace: 'default', channel: 'sms', phone: E164.parse('+14155550101') };
const prefix = (): string => `test-${randomUUID()}`;

describe('a look that is scheduled anew while the one before is carried out', () => {
  it('stays, at a phone that nobody had', async () => {
    const name = prefix();
    await new SecondLooks(redis, name, [-10]).schedule(SUBJECT);
    const looks = new SecondLooks(redis, name, [-5]);
    const [before] = await looks.due('default', 10);
    await looks.schedule(SUBJECT);
    await looks.remove(before!);
    const [after] = await looks.due('default', 10);
    expect(after?.subject).toEqual(SUBJECT);
    await looks.remove(after!);
    expect(await looks.due('default', 10)).toEqual([]);
  });

  it('stays, for a person who changed', async () => {
    const name = prefix();
    await new PersonLooks(redis, name, [-10]).schedule(SUBJECT, 'a 1');
    const looks = new PersonLooks(redis, name, [-5]);
    const before = await looks.due('default', 10);
    await looks.schedule(SUBJECT, 'a 1');
    await looks.remove('default', before);
    const after = await looks.due('default', 10);
    expect(after).toMatchObject([{ subject: SUBJECT, cioId: 'a 1' }]);
    await looks.remove('default', after);
    expect(await looks.due('default', 10)).toEqual([]);
  });
});

it('a look is scheduled and due by the clock that is given', async () => {
  let now = Date.now() - 3_600_000;
  const clock = (): number => now;
  const phones = new SecondLooks(redis, prefix(), [1_000], clock);
  const people = new PersonLooks(redis, prefix(), [1_000], clock);
  const due = async (): Promise<number[]> => [
    (await phones.due('default', 10)).length,
    (await people.due('default', 10)).length,
  ];
  await phones.schedule(SUBJECT);
  await people.schedule(SUBJECT, 'a 1');
  expect(await due()).toEqual([0, 0]);
  now += 1_000;
  expect(await due()).toEqual([1, 1]);
  await phones.scheduleOne({ ...SUBJECT, channel: 'whatsapp' }, 1_000);
  expect(await due()).toEqual([1, 1]);
});
