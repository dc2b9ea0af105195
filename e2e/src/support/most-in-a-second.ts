/** The most of these times, in ms and ascending, that any second holds, wherever it starts. */
export function mostInASecond(times: readonly number[]): number {
  let start = 0;
  let most = 0;
  times.forEach((time, end) => {
    while (times[start]! <= time - 1_000) start += 1;
    most = Math.max(most, end - start + 1);
  });
  return most;
}
