/** One round's figures of one contender, by name. */
export type Sample = Readonly<Record<string, number>>;

/** What is measured against others. */
export interface Contender {
  readonly name: string;
  /** Measures once. */
  readonly measure: () => Promise<Sample>;
}

/** A contender's samples, in the order of the rounds. */
export interface Result {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/**
 * Measures all contenders in each round, one after the other, so that whatever changes with time hits all of them; each
 * round another one begins.
 */
export async function contest(
  contenders: readonly Contender[],
  rounds: number,
  say: (line: string) => void,
): Promise<Result[]> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length;
    for (const { name, measure } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const sample = await measure();
      samples.get(name)?.push(sample);
      say(`round ${String(round + 1)} of ${String(rounds)}, ${name}: ${describe(sample)}`);
    }
  }
  return [...samples].map(([name, taken]) => ({ name, samples: taken }));
}

/** One figure of a contender, round by round. Throws when nobody has that name or figure. */
export function figure(results: readonly Result[], name: string, key: string): number[] {
  const result = results.find((each) => each.name === name);
  const values = result?.samples.map((sample) => sample[key]) ?? [];
  if (values.length === 0 || values.some((value) => value === undefined)) {
    throw new Error(`no figure ${key} of ${name}`);
  }
  return values as number[];
}

const describe = (sample: Sample): string =>
  Object.entries(sample)
    .map(([key, value]) => `${key} ${String(Math.round(value * 1000) / 1000)}`)
    .join(', ');
