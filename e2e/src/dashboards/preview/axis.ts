const SECONDS = [
  ...[1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60],
  ...[120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400],
];
const TICKS = 4;

/** The distance between two ticks of an axis that ends at `most`, round in its unit. */
export function tickInterval(most: number, unit: string | undefined): number {
  const exact = most / TICKS;
  if (unit === 's') return SECONDS.find((seconds) => seconds >= exact) ?? roundUp(exact / 86_400) * 86_400;
  if (unit === 'bytes' && exact > 0) {
    const scale = 1_024 ** Math.floor(Math.log(exact) / Math.log(1_024));
    return roundUp(exact / scale) * scale;
  }
  return unit === 'short' ? Math.max(roundUp(exact), most > 1 ? 1 : 0.5) : roundUp(exact);
}

/** The next 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}
