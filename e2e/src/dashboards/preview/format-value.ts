const DURATIONS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
] as const;
const BYTES = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
] as const;

/** Writes a value in one of Grafana's units, in three significant digits. */
export function formatValue(value: number, unit = 'short'): string {
  switch (unit) {
    case 's':
      return scaled(value, DURATIONS, 's');
    case 'bytes':
      return scaled(value, BYTES, 'B');
    case 'percentunit':
      return `${digits(value * 100)} %`;
    case 'reqps':
    case 'eps':
    case 'ops':
      return `${digits(value)}/s`;
    default:
      return digits(value);
  }
}

function scaled(value: number, units: readonly (readonly [number, string])[], least: string): string {
  const [size, name] = units.find(([from]) => Math.abs(value) >= from) ?? [1, least];
  return `${digits(value / size)} ${name}`;
}

const digits = (value: number): string =>
  Number(value.toPrecision(Math.abs(value) >= 100 ? 5 : 3)).toLocaleString('en', {
    maximumFractionDigits: 6,
  });
