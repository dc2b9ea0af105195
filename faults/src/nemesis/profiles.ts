import type { ScenarioContext } from '../runner/scenario-context';
import type { Subscriber } from '../workload/subscriber';

const CHANGES = 10;
/** Share of the changes that create a person; the others import an existing one. */
const CREATED = 0.6;
const IMPORTED = { sms_unsubscribe: false };

/**
 * Changes profiles of people who have sent messages, as an import into Customer.io does: creates some with their number, with
 * and without `sms_unsubscribe: false`, and sets others to `false`.
 */
export function changeProfiles({ environment, workload, random }: ScenarioContext): void {
  const workspace = environment.system.sandbox.workspace();
  const decided = workload.subscribers.filter(({ accepted }) => accepted.some(({ kind }) => kind !== 'help'));
  for (const subscriber of random.shuffled(decided).slice(0, CHANGES)) {
    const [person] = subscriber.people;
    if (person === undefined || random.chance(CREATED)) createProfile(subscriber);
    else workspace.setAttributes(person, IMPORTED);
  }

  function createProfile({ phone, late }: Subscriber): void {
    const attributes = { phone, ...(random.chance(0.5) && IMPORTED) };
    const attributesAt = Math.floor(Date.now() / 1_000);
    late.push(workspace.addPerson({ attributes, attributesAt }));
  }
}
