import { parseOptions } from './options';
import { SCENARIOS } from './scenarios/scenarios';

const namesOf = (...args: string[]) => parseOptions(args).scenarios.map(({ name }) => name);

describe('the options of npm run test:faults', () => {
  it('select all scenarios by default, and those that are named', () => {
    expect(namesOf()).toEqual(SCENARIOS.map(({ name }) => name));
    expect(namesOf('--scenario', 'soak', '--scenario', 'redis-killed')).toEqual(['soak', 'redis-killed']);
  });

  it('select with a mutant the scenarios that must kill it', () => {
    expect(namesOf('--mutant', 'no-aof')).toEqual(['redis-killed']);
    expect(namesOf('--mutant', 'no-aof', '--scenario', 'soak')).toEqual(['soak']);
    expect(parseOptions(['--mutant', 'no-aof'])).toMatchObject({ scale: 0.3, mutant: { withoutAof: true } });
  });

  it('have --only and --defect as aliases', () => {
    expect(namesOf('--only', 'soak')).toEqual(['soak']);
    expect(parseOptions(['--defect', 'no-aof']).mutant).toEqual(parseOptions(['--mutant', 'no-aof']).mutant);
  });

  it.each([
    [['--scenario', 'nonsense'], 'unknown scenario nonsense'],
    [['--mutant', 'nonsense'], 'unknown mutant nonsense'],
    [['--scale', '0'], '--scale must be a number above 0'],
    [['--seed', 'x'], '--seed must be a whole number'],
  ])('reject %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
