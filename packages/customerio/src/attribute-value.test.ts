import { attributeValue } from './attribute-value';

const NAME = 'cio_subscription_preferences.topics.topic_1';
const NESTED = { topics: { topic_1: true, list: [1] } };

it.each<[string, Record<string, unknown>, string, string | undefined]>([
  ['text', { a: 'x' }, 'a', 'x'],
  ['a flag', { a: true }, 'a', 'true'],
  ['nothing of another name', { a: 'x' }, 'b', undefined],
  ['nothing for a list', { a: ['x'] }, 'a', undefined],
  ['nothing for an inherited name', {}, 'constructor', undefined],
  ['a dotted name as it is', { [NAME]: 'true' }, NAME, 'true'],
  ['a dotted name inside an object', { cio_subscription_preferences: NESTED }, NAME, 'true'],
  ['a dotted name inside JSON text', { cio_subscription_preferences: JSON.stringify(NESTED) }, NAME, 'true'],
  ['nothing inside other text', { cio_subscription_preferences: 'none' }, NAME, undefined],
  ['nothing inside a list', { cio_subscription_preferences: [NESTED] }, NAME, undefined],
  ['nothing for a path that ends early', { cio_subscription_preferences: '{"topics":1}' }, NAME, undefined],
])('reads %s', (_, attributes, name, value) => {
  expect(attributeValue(attributes, name)).toBe(value);
});
