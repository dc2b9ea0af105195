import { RETRY_OVERRIDES } from '@optout-sync/shared/domain';
import { readSinks, readSubscriptions, type RestClient, type Senders } from '@optout-sync/twilio-api';
import { ownWebhooks } from '../doctor/check-webhooks';
import { OperationError } from '../operation-error';
import { EVENT_TYPES } from '../twilio/event-types';
import { targetOf, webhookUrl } from '../twilio/webhook-url';
import type { Change, SenderChange } from './changes';

/** What the account is to look like. */
export interface DesiredSetup {
  readonly publicUrl: string;
  /** Behind `#` of the inbound URLs. */
  readonly overrides?: string;
  /** Missing: fallback URLs stay as they are. */
  readonly fallbackUrl?: string | undefined;
  /** Whether services report failed sends to the status route. */
  readonly statusCallback: boolean;
  /** Whether Event Streams reports to the events route. */
  readonly eventStreams: boolean;
  /** Only these senders: numbers, short codes, SIDs, or names of services. All by default. */
  readonly only?: readonly string[] | undefined;
}

/** The changes that the numbers, short codes and services need. @throws {OperationError} `sender_unknown` */
export function planSenders({ numbers, services }: Senders, desired: DesiredSetup): SenderChange[] {
  const { publicUrl, overrides = RETRY_OVERRIDES, fallbackUrl, only } = desired;
  const inbound = (present: string | undefined): string => {
    const target = targetOf(present, 'messages', publicUrl);
    // Other overrides that retry as well are somebody's choice.
    const isRight = target.kind === 'ours' && target.retries && desired.overrides === undefined;
    return isRight ? (present ?? '') : webhookUrl(publicUrl, 'messages', overrides);
  };
  const changes = [
    ...services.map((service): SenderChange =>
      onlyDifferent({
        kind: 'service',
        sid: service.sid,
        name: service.name,
        before: {
          InboundRequestUrl: service.inboundUrl ?? '',
          FallbackUrl: service.fallbackUrl ?? '',
          StatusCallback: service.statusCallback ?? '',
        },
        after: {
          ...(!service.usesNumbersWebhook && { InboundRequestUrl: inbound(service.inboundUrl) }),
          ...(!service.usesNumbersWebhook && fallbackUrl !== undefined && { FallbackUrl: fallbackUrl }),
          ...(desired.statusCallback && { StatusCallback: webhookUrl(publicUrl, 'status') }),
        },
      }),
    ),
    ...ownWebhooks({ numbers, services }).map((number): SenderChange =>
      onlyDifferent({
        kind: number.kind,
        sid: number.sid,
        name: number.phone,
        before: {
          SmsUrl: number.smsUrl ?? '',
          SmsFallbackUrl: number.smsFallbackUrl ?? '',
          SmsApplicationSid: number.smsApplicationSid ?? '',
        },
        after: {
          SmsUrl: inbound(number.smsUrl),
          SmsApplicationSid: '',
          ...(fallbackUrl !== undefined && { SmsFallbackUrl: fallbackUrl }),
        },
      }),
    ),
  ];
  return select(changes, only).filter(({ after }) => Object.keys(after).length > 0);
}

function select(changes: readonly SenderChange[], only: readonly string[] | undefined): SenderChange[] {
  if (only === undefined) return [...changes];
  for (const wanted of only) {
    if (changes.some(({ sid, name }) => wanted === sid || wanted === name)) continue;
    throw new OperationError(
      'sender_unknown',
      `${wanted} is no number, short code or service of the account whose own webhook applies; those are ` +
        changes.map(({ name }) => name).join(', '),
    );
  }
  return changes.filter(({ sid, name }) => only.includes(sid) || only.includes(name));
}

/** Leaves out the fields that have their value already. */
function onlyDifferent({ before, after, ...change }: SenderChange): SenderChange {
  const fields = Object.keys(after).filter((field) => before[field] !== after[field]);
  const of = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(fields.map((field) => [field, values[field] ?? '']));
  return { ...change, before: of(before), after: of(after) };
}

/**
 * The changes that Event Streams needs: a sink and a subscription, or newer schema versions. A sink cannot be redirected, so
 * one that leads elsewhere stays, and a new one is created.
 *
 * @throws {TwilioApiError}
 */
export async function planEventStreams(client: RestClient, publicUrl: string): Promise<Change[]> {
  const destination = webhookUrl(publicUrl, 'events');
  const types = Object.fromEntries(Object.entries(EVENT_TYPES).map(([type, { version }]) => [type, version]));
  const sink = (await readSinks(client)).find(
    (one) => one.status === 'active' && targetOf(one.destination, 'events', publicUrl).kind === 'ours',
  );
  if (!sink) {
    return [
      { kind: 'sink', sid: '', destination },
      { kind: 'subscription', sid: '', sinkSid: '', types },
    ];
  }
  const subscription = (await readSubscriptions(client)).find(({ sinkSid }) => sinkSid === sink.sid);
  if (!subscription) return [{ kind: 'subscription', sid: '', sinkSid: sink.sid, types }];
  return Object.entries(types).flatMap(([type, after]): Change[] => {
    const before = subscription.types.get(type);
    if (before !== undefined && before >= after) return [];
    return [
      {
        kind: 'event_type',
        subscriptionSid: subscription.sid,
        type,
        after,
        ...(before !== undefined && { before }),
      },
    ];
  });
}
