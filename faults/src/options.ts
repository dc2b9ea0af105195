import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants/mutants';
import type { Scenario } from './runner/scenario';
import { SCENARIOS } from './scenarios/scenarios';

const QUICK_SCALE = 0.1;
/** The default scale of a run with a mutant. */
const MUTANT_SCALE = 0.3;

export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly mutant: Mutant | undefined;
  readonly scale: number;
  readonly seed: number;
  /** The file for the results. */
  readonly json: string | undefined;
  readonly attacks: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

/**
 * Parses the command line.
 *
 * @throws {Error} when an argument is unknown or invalid
 */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      scale: { type: 'string' },
      quick: { type: 'boolean' },
      seed: { type: 'string' },
      json: { type: 'string' },
      mutant: { type: 'string' },
      defect: { type: 'string' },
      attacks: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const mutant = findMutant(values.mutant ?? values.defect);
  const names = [...(values.scenario ?? []), ...(values.only ?? [])];
  return {
    scenarios: names.length > 0 ? names.map(findScenario) : scenariosFor(mutant),
    mutant,
    scale: scaleOf(values.scale ?? (values.quick ? QUICK_SCALE : mutant ? MUTANT_SCALE : 1)),
    seed: seedOf(values.seed ?? Date.now() % 1_000_000_000),
    json: values.json,
    attacks: values.attacks,
    list: values.list,
    help: values.help,
  };
}

function scaleOf(given: string | number): number {
  const scale = Number(given);
  if (!(scale > 0)) throw new Error('--scale must be a number above 0');
  return scale;
}

function seedOf(given: string | number): number {
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new Error('--seed must be a whole number');
  return seed;
}

function scenariosFor(mutant: Mutant | undefined): readonly Scenario[] {
  return mutant ? mutant.killedBy.map(findScenario) : SCENARIOS;
}

function findScenario(name: string): Scenario {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (!scenario) throw new Error(`unknown scenario ${name}; --list prints the names`);
  return scenario;
}

function findMutant(name: string | undefined): Mutant | undefined {
  if (name === undefined) return undefined;
  const mutant = MUTANTS[name];
  if (!mutant) throw new Error(`unknown mutant ${name}; there are: ${Object.keys(MUTANTS).join(', ')}`);
  return mutant;
}
