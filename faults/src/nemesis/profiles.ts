import { PassStore, SyncMarks } from '@optout-sync/shared/reconcile';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { Environment } from '../environment/environment';
import type { ScenarioContext } from '../runner/scenario-context';
import type { Subscriber } from '../workload/subscriber';

const CHANGES = 10;
/** Share of the changes that create a person; the others import an existing one. */
const CREATED = 0.6;
/** Within this time after its own write the worker takes another value for lag; a little more than its 60 s. */
const LAG_MS = 65_000;
const PASS_MS = 180_000;

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

/** Waits until a pass of the reconciler is under way. */
export async function passRuns({ environment: { system } }: ScenarioContext): Promise<void> {
  const passes = new PassStore(system.connection, system.prefix, 'default');
  const isRunning = async (): Promise<boolean> => (await passes.read(Date.now())).running;
  await waitFor(isRunning, { what: 'a pass of the reconciler', timeoutMs: PASS_MS });
}

/**
 * Waits until a full pass of the reconciler has ended that began when no write counted as recent any more.
 *
 * @param changedAt when the last message was accepted or profile changed, in ms since 1970
 */
export async function passAfter({ system }: Environment, changedAt: number): Promise<void> {
  const passes = new PassStore(system.connection, system.prefix, 'default');
  const marks = new SyncMarks(system.connection, system.prefix);
  const wait = { timeoutMs: LAG_MS + PASS_MS, everyMs: 200 };
  const hasEnded = async (): Promise<boolean> => {
    const { startedAt = 0, endedAt = 0 } = await passes.read(Date.now());
    return startedAt >= changedAt + LAG_MS && endedAt >= startedAt;
  };
  await waitFor(hasEnded, { what: 'a full pass of the reconciler', ...wait });
  const none = async (): Promise<boolean> => (await marks.count('default')) === 0;
  await waitFor(none, { what: 'the syncs of that pass', ...wait });
}
