const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A time in its largest unit: `3 d`, `2 h`, `5 min`, `42 s`. @param ms a negative one counts as none */
export function duration(ms: number): string {
  for (const [unit, size] of UNITS) if (ms >= size) return `${String(Math.round(ms / size))} ${unit}`;
  return `${String(Math.max(0, Math.round(ms / 1_000)))} s`;
}
