import { isoSeconds, newSid } from './account-state';
import { invalidParameter, notFound } from './api-error';
import { jsonFields } from './fields';
import { created, deleted, ok, without, type ApiRequest, type Operation } from './operation';
import { listOfV1 } from './page';
import type { Sink, Subscription } from './resources';

/** The newest schema version of the types that are subscribed to. */
const LATEST_SCHEMA_VERSIONS: Readonly<Record<string, number>> = {
  'com.twilio.messaging.inbound-message.received': 6,
  'com.twilio.messaging.message.failed': 8,
  'com.twilio.messaging.message.undelivered': 8,
  'com.twilio.messaging.message.sent': 8,
  'com.twilio.messaging.message.delivered': 8,
  'com.twilio.messaging.reassigned-number.detected': 1,
};

const withoutTypes = (subscription: Subscription): Omit<Subscription, 'types'> =>
  without(subscription, 'types');

export const EVENT_STREAM_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: /^\/v1\/Sinks$/,
    run: (request) => ok(listOfV1('sinks', [...request.account.sinks.values()], request)),
  },
  { method: 'POST', path: /^\/v1\/Sinks$/, run: (request) => created(createSink(request)) },
  { method: 'GET', path: /^\/v1\/Sinks\/(DG\w+)$/, run: (request) => ok(findSink(request)) },
  {
    method: 'DELETE',
    path: /^\/v1\/Sinks\/(DG\w+)$/,
    run: (request) => {
      const { sid } = findSink(request);
      const used = [...request.account.subscriptions.values()].some(({ sink_sid }) => sink_sid === sid);
      if (used) throw invalidParameter('The sink is used by a subscription');
      request.account.sinks.delete(sid);
      return deleted;
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/Subscriptions$/,
    run: (request) => {
      const sink = request.query.get('SinkSid');
      const subscriptions = [...request.account.subscriptions.values()].filter(
        ({ sink_sid }) => sink === null || sink_sid === sink,
      );
      return ok(listOfV1('subscriptions', subscriptions.map(withoutTypes), request));
    },
  },
  { method: 'POST', path: /^\/v1\/Subscriptions$/, run: (request) => created(createSubscription(request)) },
  {
    method: 'DELETE',
    path: /^\/v1\/Subscriptions\/(DF\w+)$/,
    run: (request) => {
      request.account.subscriptions.delete(findSubscription(request).sid);
      return deleted;
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/Subscriptions\/(DF\w+)\/SubscribedEvents$/,
    run: (request) => {
      const subscription = findSubscription(request);
      const types = [...subscription.types].map(([type, version]) => toEvent(subscription, type, version));
      return ok(listOfV1('types', types, request));
    },
  },
  {
    method: 'POST',
    path: /^\/v1\/Subscriptions\/(DF\w+)\/SubscribedEvents$/,
    run: (request) => {
      const subscription = findSubscription(request);
      const [type, version] = parseType(request.form.get('Type'), request.form.get('SchemaVersion'));
      subscription.types.set(type, version);
      return created(toEvent(subscription, type, version));
    },
  },
  {
    method: 'POST',
    path: /^\/v1\/Subscriptions\/(DF\w+)\/SubscribedEvents\/([\w.-]+)$/,
    run: (request) => {
      const subscription = findSubscription(request);
      const known = request.ids[1] ?? '';
      if (!subscription.types.has(known)) throw notFound(request.path);
      const [type, version] = parseType(known, request.form.get('SchemaVersion'));
      subscription.types.set(type, version);
      return ok(toEvent(subscription, type, version));
    },
  },
  {
    method: 'DELETE',
    path: /^\/v1\/Subscriptions\/(DF\w+)\/SubscribedEvents\/([\w.-]+)$/,
    run: (request) => {
      if (!findSubscription(request).types.delete(request.ids[1] ?? '')) throw notFound(request.path);
      return deleted;
    },
  },
];

function createSink({ account, form }: ApiRequest): Sink {
  const [configuration] = jsonFields(form, 'SinkConfiguration');
  const type = form.get('SinkType') ?? '';
  if (!['kinesis', 'webhook', 'segment', 'email'].includes(type)) throw invalidParameter('Invalid SinkType');
  const destination = configuration?.destination;
  if (type === 'webhook' && !(typeof destination === 'string' && /^https?:\/\/[^#]+$/.test(destination))) {
    throw invalidParameter('SinkConfiguration: destination must be a URL without connection overrides');
  }
  const now = isoSeconds(new Date());
  const sink: Sink = {
    sid: newSid('DG'),
    description: form.get('Description') ?? '',
    sink_type: type,
    sink_configuration: configuration ?? {},
    // A webhook needs no validation; the other sinks do.
    status: type === 'webhook' ? 'active' : 'initialized',
    date_created: now,
    date_updated: now,
  };
  account.sinks.set(sink.sid, sink);
  return sink;
}

function createSubscription({ account, form }: ApiRequest): Omit<Subscription, 'types'> {
  const sink = account.sinks.get(form.get('SinkSid') ?? '');
  if (sink?.status !== 'active') throw invalidParameter('SinkSid: there is no such active sink');
  const types = jsonFields(form, 'Types').map(({ type, schema_version }) =>
    parseType(type, schema_version as string | number | null | undefined),
  );
  if (types.length === 0) throw invalidParameter('Types needs at least one event type');
  const now = isoSeconds(new Date());
  const subscription: Subscription = {
    sid: newSid('DF'),
    account_sid: account.sid,
    description: form.get('Description') ?? '',
    sink_sid: sink.sid,
    date_created: now,
    date_updated: now,
    types: new Map(types),
  };
  account.subscriptions.set(subscription.sid, subscription);
  return withoutTypes(subscription);
}

/** A type with its schema version; the newest one by default. */
function parseType(type: unknown, version: string | number | null | undefined): [string, number] {
  const latest = typeof type === 'string' ? LATEST_SCHEMA_VERSIONS[type] : undefined;
  if (typeof type !== 'string' || latest === undefined) throw invalidParameter('Types: unknown event type');
  const number = Number(version ?? latest);
  if (!Number.isInteger(number) || number < 1 || number > latest) {
    throw invalidParameter(`Types: ${type} has no schema version ${String(version)}`);
  }
  return [type, number];
}

const toEvent = ({ sid, account_sid }: Subscription, type: string, version: number) => ({
  account_sid,
  subscription_sid: sid,
  type,
  schema_version: version,
  url: `https://events.twilio.com/v1/Subscriptions/${sid}/SubscribedEvents/${type}`,
});

function findSink({ account, ids, path }: ApiRequest): Sink {
  const sink = account.sinks.get(ids[0] ?? '');
  if (!sink) throw notFound(path);
  return sink;
}

function findSubscription({ account, ids, path }: ApiRequest): Subscription {
  const subscription = account.subscriptions.get(ids[0] ?? '');
  if (!subscription) throw notFound(path);
  return subscription;
}
