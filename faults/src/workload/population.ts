import type { SandboxWorkspace } from '@optout-sync/customerio-sandbox';
import type { Random } from '../random';
import type { Caller } from './message';

const FIRST_NUMBER = 2_000_000;
const NOBODY = 0.15;
const SHARED = 0.2;

/** Makes people up, each caller with a number of their own: most of one person, some shared, some of nobody. */
export class Population {
  private count = 0;

  constructor(private readonly workspace: SandboxWorkspace) {}

  caller(random: Random): Caller {
    const phone = `+1415${String(FIRST_NUMBER + this.count++)}`;
    const owners = random.chance(NOBODY) ? 0 : random.chance(SHARED) ? random.between(2, 3) : 1;
    const people = Array.from({ length: owners }, () => this.workspace.addPerson({ attributes: { phone } }));
    return { phone, people, accepted: [] };
  }
}
