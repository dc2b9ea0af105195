import {
  deleteSink,
  deleteSubscription,
  readNumber,
  readService,
  readSubscriptions,
  setSchemaVersion,
  unsubscribe,
  updateNumber,
  updateService,
  type RestClient,
} from '@optout-sync/twilio-api';
import type { Change, SenderChange, UndoFile } from './changes';

/** What becomes of a change: it is undone, was not made (or undone before), or something else was changed since. */
export interface UndoStep {
  readonly change: Change;
  readonly state: 'undo' | 'not_made' | 'changed_since';
}

/**
 * Compares the changes of an undo file with what Twilio has now, the latest first. A sender whose fields somebody changed since stays as
 * it is.
 *
 * @throws {TwilioApiError}
 */
export async function planUndo(client: RestClient, { accountSid, changes }: UndoFile): Promise<UndoStep[]> {
  const steps: UndoStep[] = [];
  const versions = changes.some(({ kind }) => kind === 'event_type')
    ? new Map((await readSubscriptions(client)).map(({ sid, types }) => [sid, types]))
    : new Map<string, ReadonlyMap<string, number>>();
  for (const change of [...changes].reverse()) {
    steps.push({ change, state: await stateOf(client, accountSid, change, versions) });
  }
  return steps;
}

async function stateOf(
  client: RestClient,
  accountSid: string,
  change: Change,
  versions: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Promise<UndoStep['state']> {
  switch (change.kind) {
    case 'number':
    case 'short_code':
    case 'service':
      return compare(change, await presentFields(client, accountSid, change));
    case 'sink':
    case 'subscription':
      return change.sid === '' ? 'not_made' : 'undo';
    case 'event_type': {
      const present = versions.get(change.subscriptionSid)?.get(change.type);
      if (present === change.after) return 'undo';
      return present === change.before ? 'not_made' : 'changed_since';
    }
    default:
      return change satisfies never;
  }
}

function compare(
  { before, after }: SenderChange,
  present: Readonly<Record<string, string>>,
): UndoStep['state'] {
  const is = (fields: Readonly<Record<string, string>>) =>
    Object.entries(fields).every(([name, value]) => present[name] === value);
  if (is(after)) return 'undo';
  return is(before) ? 'not_made' : 'changed_since';
}

async function presentFields(
  client: RestClient,
  accountSid: string,
  { kind, sid }: SenderChange,
): Promise<Record<string, string>> {
  if (kind !== 'service') {
    const {
      smsUrl = '',
      smsFallbackUrl = '',
      smsApplicationSid = '',
    } = await readNumber(client, accountSid, { kind, sid });
    return { SmsUrl: smsUrl, SmsFallbackUrl: smsFallbackUrl, SmsApplicationSid: smsApplicationSid };
  }
  const { inboundUrl = '', fallbackUrl = '', statusCallback = '' } = await readService(client, sid);
  return { InboundRequestUrl: inboundUrl, FallbackUrl: fallbackUrl, StatusCallback: statusCallback };
}

/** Undoes one change. @throws {TwilioApiError} */
export async function undoChange(client: RestClient, accountSid: string, change: Change): Promise<void> {
  switch (change.kind) {
    case 'number':
    case 'short_code':
      return updateNumber(client, accountSid, { kind: change.kind, sid: change.sid }, change.before);
    case 'service':
      return updateService(client, change.sid, change.before);
    case 'sink':
      return deleteSink(client, change.sid);
    case 'subscription':
      return deleteSubscription(client, change.sid);
    case 'event_type': {
      const { subscriptionSid, type, before: version } = change;
      if (version === undefined) return unsubscribe(client, subscriptionSid, type);
      return setSchemaVersion(client, { subscriptionSid, type, version, isNew: false });
    }
    default:
      return change satisfies never;
  }
}
