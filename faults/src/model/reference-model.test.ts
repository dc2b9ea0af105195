import type { Message } from '../workload/message';
import { expectedAttribute } from './reference-model';

const said = (kind: Message['kind'], sentAt: number, sender = 'MG1'): Message => ({
  sid: `SM${String(sentAt)}`,
  kind,
  sender,
  sentAt,
});

describe('the reference model', () => {
  it.each([
    ['nothing', [], undefined],
    ['HELP alone', [said('help', 1)], undefined],
    ['a STOP', [said('stop', 1)], true],
    ['a START after a STOP', [said('stop', 1), said('start', 2)], false],
    ['the same, told the other way round', [said('start', 2), said('stop', 1)], false],
    ['a START to another sender', [said('stop', 1), said('start', 2, 'MG2')], true],
    ['HELP after a STOP', [said('stop', 1), said('help', 2)], true],
  ])('after %s', (_, messages, expected) => {
    expect(expectedAttribute(messages)).toBe(expected);
  });
});
