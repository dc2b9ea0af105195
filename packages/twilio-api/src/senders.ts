import { z } from 'zod';
import { parseResource, readList } from './list';
import type { Form, RestClient } from './rest-client';

/** A URL, or none; the 2010 API writes '' for none, the newer ones null. */
const url = z
  .string()
  .nullish()
  .transform((text) => text || undefined);

/**
 * A number of the account (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource). `smsUrl` does not
 * apply while there is an `smsApplicationSid`.
 */
const PhoneNumber = z
  .object({
    sid: z.string().startsWith('PN'),
    phone_number: z.string(),
    capabilities: z.object({ sms: z.boolean() }).loose(),
    sms_url: url,
    sms_fallback_url: url,
    sms_application_sid: url,
  })
  .transform((number) => ({
    sid: number.sid,
    phone: number.phone_number,
    hasSms: number.capabilities.sms,
    smsUrl: number.sms_url,
    smsFallbackUrl: number.sms_fallback_url,
    smsApplicationSid: number.sms_application_sid,
  }));
export type PhoneNumber = z.output<typeof PhoneNumber>;

/**
 * A Messaging Service (https://www.twilio.com/docs/messaging/api/service-resource). Without `inboundUrl` it drops inbound
 * messages, unless `usesNumbersWebhook`.
 */
const Service = z
  .object({
    sid: z.string().startsWith('MG'),
    friendly_name: z.string(),
    inbound_request_url: url,
    fallback_url: url,
    status_callback: url,
    use_inbound_webhook_on_number: z.boolean(),
  })
  .transform((service) => ({
    sid: service.sid,
    name: service.friendly_name,
    inboundUrl: service.inbound_request_url,
    fallbackUrl: service.fallback_url,
    statusCallback: service.status_callback,
    usesNumbersWebhook: service.use_inbound_webhook_on_number,
  }));

export type MessagingService = z.output<typeof Service> & {
  /** Its numbers, in E.164. */
  readonly phones: readonly string[];
};

const Member = z.object({ phone_number: z.string() });

const numbersPath = (accountSid: string) => `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers`;

/** Reads the account's numbers. @throws {TwilioApiError} */
export function readNumbers(client: RestClient, accountSid: string): Promise<PhoneNumber[]> {
  return readList(client, {
    product: 'api',
    path: `${numbersPath(accountSid)}.json`,
    name: 'incoming_phone_numbers',
    item: PhoneNumber,
  });
}

/** Reads the account's Messaging Services with their numbers. @throws {TwilioApiError} */
export async function readServices(client: RestClient): Promise<MessagingService[]> {
  const product = 'messaging';
  const services = await readList(client, { product, path: '/v1/Services', name: 'services', item: Service });
  const read: MessagingService[] = [];
  for (const service of services) {
    const path = `/v1/Services/${service.sid}/PhoneNumbers`;
    const members = await readList(client, { product, path, name: 'phone_numbers', item: Member });
    read.push({ ...service, phones: members.map(({ phone_number }) => phone_number) });
  }
  return read;
}

/** Reads one number. @throws {TwilioApiError} */
export async function readNumber(client: RestClient, accountSid: string, sid: string): Promise<PhoneNumber> {
  const path = `${numbersPath(accountSid)}/${sid}.json`;
  return parseResource(PhoneNumber, await client.get(path), path);
}

/** Reads one service, without its numbers. @throws {TwilioApiError} */
export async function readService(
  client: RestClient,
  sid: string,
): Promise<Omit<MessagingService, 'phones'>> {
  const path = `/v1/Services/${sid}`;
  return parseResource(Service, await client.get(path, 'messaging'), path);
}

/** Changes a number; '' removes a URL. @throws {TwilioApiError} */
export async function updateNumber(
  client: RestClient,
  accountSid: string,
  sid: string,
  form: Form,
): Promise<void> {
  await client.post(`${numbersPath(accountSid)}/${sid}.json`, form, 'api', { repeatable: true });
}

/** Changes a service; '' removes a URL. @throws {TwilioApiError} */
export async function updateService(client: RestClient, sid: string, form: Form): Promise<void> {
  await client.post(`/v1/Services/${sid}`, form, 'messaging', { repeatable: true });
}
