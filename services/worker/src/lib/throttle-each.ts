import { throttle } from '@optout-sync/shared/service';

/** The time between two log lines about errors of the same queue, in ms. */
export const ERROR_LOG_MS = 10_000;

/** Throttles for each key by itself; `write` gets the key and how many calls were left out. */
export function throttleEach<Value>(
  ms: number,
  write: (key: string, omitted: number, value: Value) => void,
): (key: string, value: Value) => void {
  const throttled = new Map<string, (value: Value) => void>();
  return (key, value) => {
    let writeKey = throttled.get(key);
    if (!writeKey) {
      writeKey = throttle(ms, (omitted, latest: Value) => {
        write(key, omitted, latest);
      });
      throttled.set(key, writeKey);
    }
    writeKey(value);
  };
}
