import type { E164 } from '../domain/phone';
import { withCanonicalPhones } from './canonical-phones';
import type { DeadLetter } from './dead-letter';

const OTHER = '+5215512345678' as E164;
const CANONICAL = '+525512345678';
const request = { version: 1, workspace: 'default', channel: 'sms', phone: OTHER } as const;
const deadLetterOf = (undone: unknown): DeadLetter => ({
  version: 1,
  stage: 'sync',
  code: 'customerio_refused',
  message: 'refused',
  undone: undone as DeadLetter['undone'],
  attempts: [],
  firstFailedAt: 1,
  lastFailedAt: 1,
});

describe('withCanonicalPhones', () => {
  it.each([
    ['a sync', { type: 'sync', request, messageSids: [] }, { request: { phone: CANONICAL } }],
    [
      'an optional destination',
      { type: 'destination', destination: 'native', request, messageSids: [] },
      { request: { phone: CANONICAL } },
    ],
    ['an event', { type: 'event', event: { phone: OTHER } }, { event: { phone: CANONICAL } }],
    [
      'a change of people',
      { type: 'people', change: { people: [{ phone: OTHER, previousPhone: OTHER }, { phone: OTHER }] } },
      { change: { people: [{ phone: CANONICAL, previousPhone: CANONICAL }, { phone: CANONICAL }] } },
    ],
  ])('returns %s under the canonical spelling', (_, undone, expected) => {
    expect(withCanonicalPhones(deadLetterOf(undone)).undone).toMatchObject(expected);
  });

  it.each([
    ['data that could not be parsed', { type: 'raw', data: { From: OTHER } }],
    ['what a newer version wrote', { type: 'of a newer version', phone: OTHER }],
  ])('returns %s as it is', (_, undone) => {
    const deadLetter = deadLetterOf(undone);
    expect(withCanonicalPhones(deadLetter)).toEqual(deadLetter);
  });
});
