import { z } from 'zod';
import { parseResource, readList } from './list';
import type { RestClient } from './rest-client';

const product = 'events';

/** Where events go (https://www.twilio.com/docs/events/event-streams/sink-resource). Its destination cannot be changed. */
const Sink = z
  .object({
    sid: z.string().startsWith('DG'),
    description: z.string().nullish(),
    sink_type: z.string(),
    sink_configuration: z.object({ destination: z.string().optional() }).loose().nullish(),
    status: z.string(),
  })
  .transform((sink) => ({
    sid: sink.sid,
    description: sink.description ?? '',
    /** The URL of a webhook; missing for the other kinds of sinks. */
    destination: sink.sink_type === 'webhook' ? sink.sink_configuration?.destination : undefined,
    status: sink.status,
  }));
export type Sink = z.output<typeof Sink>;

const SubscriptionResource = z.object({ sid: z.string().startsWith('DF'), sink_sid: z.string() });
const SubscribedEvent = z.object({ type: z.string(), schema_version: z.number() });

/** Which events go to a sink, each with the version of its schema. */
interface Subscription {
  readonly sid: string;
  readonly sinkSid: string;
  readonly types: ReadonlyMap<string, number>;
}

/** Reads the account's sinks. @throws {TwilioApiError} */
export function readSinks(client: RestClient): Promise<Sink[]> {
  return readList(client, { product, path: '/v1/Sinks', name: 'sinks', item: Sink });
}

/** Reads the account's subscriptions with their events. @throws {TwilioApiError} */
export async function readSubscriptions(client: RestClient): Promise<Subscription[]> {
  const item = SubscriptionResource;
  const resources = await readList(client, {
    product,
    path: '/v1/Subscriptions',
    name: 'subscriptions',
    item,
  });
  const subscriptions: Subscription[] = [];
  for (const { sid, sink_sid } of resources) {
    const path = `/v1/Subscriptions/${sid}/SubscribedEvents`;
    const events = await readList(client, { product, path, name: 'types', item: SubscribedEvent });
    const types = new Map(events.map(({ type, schema_version }) => [type, schema_version]));
    subscriptions.push({ sid, sinkSid: sink_sid, types });
  }
  return subscriptions;
}

const Created = z.object({ sid: z.string() });

/** Creates a sink that posts batches to a URL, and returns its SID. @throws {TwilioApiError} */
export async function createSink(
  client: RestClient,
  { description, destination }: { readonly description: string; readonly destination: string },
): Promise<string> {
  const form = {
    Description: description,
    SinkType: 'webhook',
    SinkConfiguration: JSON.stringify({ destination, method: 'POST', batch_events: true }),
  };
  const content = await client.post('/v1/Sinks', form, product, { repeatable: false });
  return parseResource(Created, content, '/v1/Sinks').sid;
}

/** Subscribes a sink to types, each with a schema version, and returns the SID. @throws {TwilioApiError} */
export async function createSubscription(
  client: RestClient,
  {
    description,
    sinkSid,
    types,
  }: { description: string; sinkSid: string; types: ReadonlyMap<string, number> },
): Promise<string> {
  const form = {
    Description: description,
    SinkSid: sinkSid,
    Types: [...types].map(([type, version]) => JSON.stringify({ type, schema_version: version })),
  };
  const content = await client.post('/v1/Subscriptions', form, product, { repeatable: false });
  return parseResource(Created, content, '/v1/Subscriptions').sid;
}

/**
 * Sets the schema version of a type that is subscribed to, or subscribes to it.
 *
 * @param isNew whether it is not subscribed to yet
 * @throws {TwilioApiError}
 */
export async function setSchemaVersion(
  client: RestClient,
  {
    subscriptionSid,
    type,
    version,
    isNew,
  }: { subscriptionSid: string; type: string; version: number; isNew: boolean },
): Promise<void> {
  const path = `/v1/Subscriptions/${subscriptionSid}/SubscribedEvents`;
  const SchemaVersion = String(version);
  if (isNew) await client.post(path, { Type: type, SchemaVersion }, product, { repeatable: false });
  else await client.post(`${path}/${type}`, { SchemaVersion }, product, { repeatable: true });
}

/** Ends the subscription to one type. @throws {TwilioApiError} */
export function unsubscribe(client: RestClient, subscriptionSid: string, type: string): Promise<void> {
  return client.delete(`/v1/Subscriptions/${subscriptionSid}/SubscribedEvents/${type}`, product);
}

/** @throws {TwilioApiError} */
export function deleteSubscription(client: RestClient, sid: string): Promise<void> {
  return client.delete(`/v1/Subscriptions/${sid}`, product);
}

/** @throws {TwilioApiError} */
export function deleteSink(client: RestClient, sid: string): Promise<void> {
  return client.delete(`/v1/Sinks/${sid}`, product);
}
