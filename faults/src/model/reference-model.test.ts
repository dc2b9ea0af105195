import type { Message } from '../workload/subscriber';
import { expectedAttribute } from './reference-model';

const message = (kind: Message['kind'], sentAt: number, sender = 'MG1'): Message => ({
  sid: `SM${String(sentAt)}`,
  kind,
  sender,
  sentAt,
  streamed: false,
});

describe('the reference model', () => {
  it.each([
    ['no message', [], undefined],
    ['HELP alone', [message('help', 1)], undefined],
    ['a STOP', [message('stop', 1)], true],
    ['a START after a STOP', [message('stop', 1), message('start', 2)], false],
    ['the same in the wrong order of arrival', [message('start', 2), message('stop', 1)], false],
    ['a START to another sender', [message('stop', 1), message('start', 2, 'MG2')], true],
    [
      'a STOP of a second, and a START within it',
      [message('start', 1_500), { ...message('stop', 1_000), streamed: true }],
      true,
    ],
    ['HELP after a STOP', [message('stop', 1), message('help', 2)], true],
  ])('knows the attribute after %s', (_, messages, expected) => {
    expect(expectedAttribute(messages)).toBe(expected);
  });
});
