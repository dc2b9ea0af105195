import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { wrongTypeKey } from './wrong-type';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const failureOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'none',
    (error: unknown) => error,
  );

it('is named by what Redis answers to a command, a script and a pipeline, with phones masked', async () => {
  const [prefix, other] = [`test-${randomUUID()}:`, `test-${randomUUID()}`];
  const key = `${prefix}{default:sms:+14155550123}`;
  await redis.set(key, 'no hash');
  const named = `${prefix}{default:sms:+1415*****23}`;
  expect(wrongTypeKey(await failureOf(redis.hgetall(key)))).toBe(named);
  const script = "return redis.call('HGETALL', KEYS[2])";
  expect(wrongTypeKey(await failureOf(redis.eval(script, 2, other, key)))).toBe(`${other} or ${named}`);
  const [[failure] = []] = (await redis.pipeline().hgetall(key).exec()) ?? [];
  expect(wrongTypeKey(failure)).toBe(named);
  await redis.del(key);
});

it('is not in any other error', async () => {
  expect(wrongTypeKey(await failureOf(redis.call('HGETALL')))).toBeUndefined();
  for (const error of [undefined, null, 'WRONGTYPE', new Error('WRONGTYPE'), new Error('x'), {}])
    expect(wrongTypeKey(error)).toBeUndefined();
});
