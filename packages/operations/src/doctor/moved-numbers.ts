import type { TwilioApiAccount } from '@optout-sync/shared/config';
import type { Senders } from '@optout-sync/twilio-api';
import type { Stores } from '../stores';
import { problem, skipped, type Finding } from './finding';

type Deps = Pick<Stores, 'redis' | 'prefix'>;

/** Outside of any service. */
const NO_SERVICE = '';

/**
 * Compares the service of each number with the one at the last check-up, which is stored in Redis by account, and with the
 * configured ones. The first check-up only stores.
 */
export async function checkMoves(
  { redis, prefix }: Deps,
  { sid, services: configured = {} }: Pick<TwilioApiAccount, 'sid' | 'services'>,
  senders: Senders,
): Promise<Finding[]> {
  const key = `${prefix}:doctor:services:${sid}`;
  const present = servicesOf(senders);
  const before = await redis.hgetall(key);
  const moved = Object.entries(before).filter(([phone, service]) => {
    const now = present.get(phone);
    return service !== NO_SERVICE && now !== undefined && now !== service;
  });
  await redis
    .multi()
    .del(key)
    .hset(key, present.size > 0 ? Object.fromEntries(present) : { '-': '' })
    .exec();
  return [
    ...(Object.keys(before).length === 0
      ? [skipped('webhooks', `account ${sid}: from now on it is known which numbers are in which service`)]
      : []),
    ...moved.map(([phone, service]) => {
      const now = present.get(phone) ?? NO_SERVICE;
      const where = now === NO_SERVICE ? 'is in no service now' : `is in ${now} now`;
      return problem(
        'webhooks',
        'number_moved',
        `${phone} was in ${service} at the last check-up and ${where}`,
      );
    }),
    ...differences(configured, senders),
  ];
}

function servicesOf({ numbers, services }: Senders): Map<string, string> {
  const service = new Map(
    services.flatMap(({ sid, phones }) => phones.map((phone) => [phone, sid] as const)),
  );
  return new Map(numbers.map(({ phone }) => [phone, service.get(phone) ?? NO_SERVICE]));
}

function differences(
  configured: NonNullable<TwilioApiAccount['services']>,
  { services, unreadShortCodes }: Senders,
): Finding[] {
  const isUnread = (sender: string): boolean => unreadShortCodes !== undefined && /^\d+$/.test(sender);
  return Object.entries(configured).flatMap(([sid, phones]) => {
    const service = services.find((one) => one.sid === sid);
    // That Twilio does not have the service is another finding.
    if (!service) return [];
    const actual = new Set(service.phones);
    const wrong = phones.filter((phone) => !actual.has(phone) && !isUnread(phone));
    const lacking = [...actual].filter((phone) => !phones.includes(phone));
    if (wrong.length + lacking.length === 0) return [];
    const parts = [
      ...(wrong.length > 0 ? [`${wrong.join(', ')} not at Twilio`] : []),
      ...(lacking.length > 0 ? [`${lacking.join(', ')} not in the configuration`] : []),
    ];
    return [
      problem('webhooks', 'service_numbers_differ', `the numbers of ${sid} differ: ${parts.join('; ')}`),
    ];
  });
}
