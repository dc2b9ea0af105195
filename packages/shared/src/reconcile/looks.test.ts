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
