import { peopleRows } from './people-rows';

type Person = Parameters<typeof peopleRows>[0][number];

const person = (id: string, phone: unknown, flag?: unknown, setAtSeconds = 0): Person => ({
  cioId: `cio-${id}`,
  id,
  email: null,
  attributes: { phone, ...(flag !== undefined && { sms_unsubscribe: flag }) },
  writtenAt: { sms_unsubscribe: setAtSeconds },
  optOuts: [],
  createdBy: 'test',
});

test('up to five people who share a phone have a row each', () => {
  const rows = peopleRows(['a', 'b', 'c', 'd', 'e'].map((id) => person(id, '+1', true, 60)));
  expect(rows.map(({ names }) => names)).toEqual([['a'], ['b'], ['c'], ['d'], ['e']]);
  expect(rows[0]).toMatchObject({ phone: '+1', flag: true, setAt: new Date(60_000) });
});

test('more have one row together, and those whose flag differs a row of their own', () => {
  const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => person(id, '+1', true));
  const rows = peopleRows([...people, person('g', '+1', false)]);
  expect(rows.map(({ names, flag }) => [names.length, flag])).toEqual([
    [6, true],
    [1, false],
  ]);
});

test('a flag that was never set, or since the start, has no time', () => {
  const rows = peopleRows([person('a', '+1'), person('b', undefined, true)]);
  expect(rows).toMatchObject([
    { phone: '+1', flag: undefined, setAt: undefined },
    { phone: '', flag: true, setAt: undefined },
  ]);
});

test('a phone that is no text is shown as it is stored', () => {
  expect(peopleRows([person('a', 14155550101)])[0]?.phone).toBe('14155550101');
});
