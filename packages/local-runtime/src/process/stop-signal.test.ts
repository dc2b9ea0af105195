import { stopSignal } from './stop-signal';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = SIGNALS.map((signal) => process.listeners(signal));

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.off(signal, listener);
    }
  });
});

test('one Ctrl-C that arrives twice, from the terminal and from npm, is one request to stop', async () => {
  const force = jest.fn();
  const stop = stopSignal(force);
  process.emit('SIGINT');
  jest.advanceTimersByTime(200);
  process.emit('SIGINT');
  await expect(stop).resolves.toBe('SIGINT');
  expect(force).not.toHaveBeenCalled();
});

test('another signal more than a second later forces the exit', async () => {
  const force = jest.fn();
  const stop = stopSignal(force);
  process.emit('SIGTERM');
  await expect(stop).resolves.toBe('SIGTERM');
  jest.advanceTimersByTime(1_500);
  process.emit('SIGINT');
  expect(force).toHaveBeenCalledTimes(1);
});
