/** The figures of one contender in one round, by name. */
export type Sample = Readonly<Record<string, number>>;

/** A program or setting that is measured against others. */
export interface Contender {
  readonly name: string;
  /** Takes one sample. */
  readonly measure: () => Promise<Sample>;
}

/** The samples of a contender, in the order of the rounds. */
export interface ContenderResult {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/**
 * Measures all contenders in each round, one after the other in rotating order, so that transient noise affects every
 * contender equally.
 */
export async function compare(
  contenders: readonly Contender[],
  { rounds, log }: { readonly rounds: number; readonly log: (line: string) => void },
): Promise<ContenderResult[]> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length;
    for (const { name, measure } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const sample = await measure();
      samples.get(name)?.push(sample);
      log(`round ${String(round + 1)} of ${String(rounds)}, ${name}: ${describe(sample)}`);
    }
  }
  return [...samples].map(([name, all]) => ({ name, samples: all }));
}

/**
 * One figure of a contender, round by round.
 *
 * @throws {Error} when there is no such contender or figure
 */
export function figures(results: readonly ContenderResult[], name: string, key: string): number[] {
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

/** The middle and the extremes of the rounds of a run. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  return {
    median: sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/**
 * The ratios of two figures within each round. Noise affects both figures of a round, so these ratios are more stable than
 * the figures.
 */
export function ratio(ours: readonly number[], theirs: readonly number[]): Summary {
  return summarize(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}
