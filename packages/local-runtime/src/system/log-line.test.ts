import { createLogger } from '@optout-sync/shared/service';
import { isAtLevel, levelWithPorts, portsIn, type LogLevel } from './log-line';

test('the ports of a service are in the line that says it listens', () => {
  expect(portsIn('{"level":30,"port":8080,"adminPort":9101,"msg":"ingest listens"}')).toEqual([8080, 9101]);
  expect(portsIn('{"level":30,"adminPort":9102,"msg":"worker takes jobs"}')).toEqual([9102]);
  expect(portsIn('{"level":30,"port":6379,"msg":"connected"}')).toBeUndefined();
  expect(portsIn('{"adminPort":91')).toBeUndefined();
});

test.each<[LogLevel, LogLevel]>([
  ['silent', 'info'],
  ['warn', 'info'],
  ['info', 'info'],
  ['debug', 'debug'],
])('a service configured to log at %s logs its ports at %s', (wanted, level) => {
  expect(levelWithPorts(wanted)).toBe(level);
});

const { levels } = createLogger({ service: 'test', level: 'silent' });
test.each(Object.entries(levels.values))('%s has the number that pino gives it', (name, level) => {
  const line = JSON.stringify({ level });
  expect(isAtLevel(line, name as LogLevel)).toBe(true);
  expect(isAtLevel(JSON.stringify({ level: level - 1 }), name as LogLevel)).toBe(false);
  expect(isAtLevel(line, 'silent')).toBe(false);
});

test('a line that is not JSON has no level and is shown at any', () => {
  expect(isAtLevel('Error: no such file', 'silent')).toBe(true);
});
