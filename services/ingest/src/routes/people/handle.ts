import { randomUUID } from 'node:crypto';
import type { ChangedPerson, PeopleChange } from '@optout-sync/shared/queues';
import { persistOrThrow } from '../../inbound/persist';
import type { RouteContext } from '../../inbound/route-context';
import type { WebhookResult } from '../../webhook/receiver';
import type { PeopleCall } from './authenticate';
import { parsePeople } from './parse';

export interface PeopleEvents {
  /** @param withoutPhone how many have no usable phone number */
  peopleReceived(workspace: string, people: number, withoutPhone: number): void;
}

/** People in one job: a failed attempt repeats no more. */
const PEOPLE_PER_JOB = 100;

/** Handles reports of people who are new or changed their number. */
export function createPeopleHandler({
  store,
  telemetry,
}: Pick<RouteContext, 'store'> & { readonly telemetry: PeopleEvents }): (
  call: PeopleCall,
) => Promise<WebhookResult> {
  return async ({ workspace, json }) => {
    const { people, withoutPhone } = parsePeople(json);
    const logFields = { workspace, people: String(people.length), withoutPhone: String(withoutPhone) };
    const kept = await persistOrThrow(store, { people: toChanges(workspace, people) }, logFields);
    telemetry.peopleReceived(workspace, people.length, withoutPhone);
    return { outcome: people.length > 0 ? 'accepted' : 'ignored', kept, logFields };
  };
}

function toChanges(workspace: string, people: readonly ChangedPerson[]): PeopleChange[] {
  const changes: PeopleChange[] = [];
  for (let i = 0; i < people.length; i += PEOPLE_PER_JOB) {
    changes.push({ version: 1, id: randomUUID(), workspace, people: people.slice(i, i + PEOPLE_PER_JOB) });
  }
  return changes;
}
