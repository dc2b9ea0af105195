import { readSinks, readSubscriptions, type RestClient } from '@optout-sync/twilio-api';
import { EVENT_TYPES, FAILED_EVENTS, INBOUND_EVENT, type EventType } from '../twilio/event-types';
import { targetOf } from '../twilio/webhook-url';
import { ok, problem, skipped, type Finding } from './finding';

interface CheckedStreams {
  readonly findings: readonly Finding[];
  /** What Event Streams reports to us. */
  readonly reports: { readonly inbound: boolean; readonly failed: boolean };
}

/**
 * Checks the sinks that lead to us, and what they are subscribed to. An account without one uses webhooks alone.
 *
 * @throws {TwilioApiError}
 */
export async function checkEventStreams(
  client: RestClient,
  accountSid: string,
  publicUrl: string,
): Promise<CheckedStreams> {
  const sinks = (await readSinks(client))
    .map((sink) => ({ ...sink, leadsTo: targetOf(sink.destination, 'events', publicUrl).kind }))
    .filter(({ leadsTo }) => leadsTo === 'ours' || leadsTo === 'other_base');
  if (sinks.length === 0) {
    const what = `account ${accountSid}: Event Streams has no sink that leads here`;
    return { findings: [skipped('webhooks', what)], reports: { inbound: false, failed: false } };
  }
  const findings: Finding[] = [];
  const ours = sinks.filter(({ sid, leadsTo, status }) => {
    if (leadsTo === 'other_base') {
      findings.push(
        problem('webhooks', 'webhook_other_base', `sink ${sid} of Event Streams has another base URL`),
      );
      return false;
    }
    if (status === 'active') return true;
    findings.push(problem('webhooks', 'event_sink_inactive', `sink ${sid} of Event Streams is ${status}`));
    return false;
  });
  if (ours.length === 0) return { findings, reports: { inbound: false, failed: false } };
  const isOurs = (sid: string) => ours.some((sink) => sink.sid === sid);
  const subscriptions = (await readSubscriptions(client)).filter(({ sinkSid }) => isOurs(sinkSid));
  const versions = new Map(subscriptions.flatMap(({ types }) => [...types]));
  findings.push(...checkTypes(accountSid, versions));
  return {
    findings,
    reports: {
      inbound: (versions.get(INBOUND_EVENT) ?? 0) >= EVENT_TYPES[INBOUND_EVENT].oldest,
      failed: FAILED_EVENTS.every((type) => versions.has(type)),
    },
  };
}

function checkTypes(accountSid: string, versions: ReadonlyMap<string, number>): Finding[] {
  const types = Object.keys(EVENT_TYPES) as EventType[];
  const missing = types.filter((type) => !versions.has(type));
  const old = types.filter((type) => (versions.get(type) ?? Infinity) < EVENT_TYPES[type].oldest);
  const names = (list: readonly EventType[]) =>
    list.map((type) => type.replace('com.twilio.messaging.', '')).join(', ');
  const what = `account ${accountSid}: Event Streams`;
  const findings = [
    ...(missing.length > 0
      ? [problem('webhooks', 'event_type_missing', `${what} is not subscribed to ${names(missing)}`)]
      : []),
    ...old.map((type) => {
      const { oldest } = EVENT_TYPES[type];
      const version = `version ${String(versions.get(type))}, ${String(oldest)} is needed`;
      return problem('webhooks', 'event_schema_old', `${what}: ${names([type])} has schema ${version}`);
    }),
  ];
  return findings.length > 0 ? findings : [ok('webhooks', `${what} reports inbound and failed messages`)];
}
