/** A write to everyone who was found, before it is known who has the number. */
export interface EarlyWrite {
  readonly version: number;
  /** In ms since 1970, by the clock of the worker. */
  readonly at: number;
}

export function formatEarlyWrite({ version, at }: EarlyWrite): string {
  return `${String(version)} ${String(at)}`;
}

/** Parses the field `ew` of an entry. */
export function parseEarlyWrite(value: string): EarlyWrite {
  const [version, at] = value.split(' ').map(Number);
  return { version: version ?? 0, at: at ?? 0 };
}
