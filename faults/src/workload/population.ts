import type { SandboxWorkspace } from '@optout-sync/customerio-sandbox';
import type { Random } from './random';
import type { Subscriber } from './subscriber';

const FIRST_NUMBER = 2_000_000;
/** Share of the numbers that Customer.io does not know. */
const UNKNOWN = 0.15;
/** Share of the known numbers that two or three people share. */
const SHARED = 0.2;

/** Creates subscribers, each with a new number, and their people in Customer.io. */
export class Population {
  private count = 0;

  constructor(private readonly workspace: SandboxWorkspace) {}

  newSubscriber(random: Random): Subscriber {
    const phone = `+1415${String(FIRST_NUMBER + this.count++)}`;
    const owners = random.chance(UNKNOWN) ? 0 : random.chance(SHARED) ? random.between(2, 3) : 1;
    const people = Array.from({ length: owners }, () => this.workspace.addPerson({ attributes: { phone } }));
    return { phone, people, late: [], accepted: [] };
  }
}
