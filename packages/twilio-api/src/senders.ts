import { z } from 'zod';
import { parseResource, readList } from './list';
import type { Form, RestClient } from './rest-client';
import { TwilioApiError } from './twilio-api-error';

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
    kind: 'number' as const,
    sid: number.sid,
    phone: number.phone_number,
    hasSms: number.capabilities.sms,
    smsUrl: number.sms_url,
    smsFallbackUrl: number.sms_fallback_url,
    smsApplicationSid: number.sms_application_sid,
  }));

/** A short code of the account (https://www.twilio.com/docs/sms/api/short-code). It has no application. */
const ShortCode = z
  .object({
    sid: z.string().startsWith('SC'),
    short_code: z.string(),
    sms_url: url,
    sms_fallback_url: url,
  })
  .transform((code) => ({
    kind: 'short_code' as const,
    sid: code.sid,
    phone: code.short_code,
    hasSms: true,
    smsUrl: code.sms_url,
    smsFallbackUrl: code.sms_fallback_url,
    smsApplicationSid: undefined,
  }));

/** A number of the account, or a short code, which is the same but for its API. */
export type PhoneNumber = z.output<typeof PhoneNumber> | z.output<typeof ShortCode>;

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
  /** Its numbers, in E.164, and its short codes. */
  readonly phones: readonly string[];
};

/** The numbers, short codes and Messaging Services of an account. */
export interface Senders {
  readonly numbers: readonly PhoneNumber[];
  readonly services: readonly MessagingService[];
  /** Why the short codes are missing. */
  readonly unreadShortCodes?: string;
}

const Member = z.object({ phone_number: z.string() });
const MemberCode = z.object({ short_code: z.string() });

/** What a credential without the right is answered, and an account without the resource. */
const NO_ACCESS: readonly (number | undefined)[] = [401, 403, 404];

const pathOf = (accountSid: string, kind: PhoneNumber['kind']) =>
  `/2010-04-01/Accounts/${accountSid}/${kind === 'number' ? 'IncomingPhoneNumbers' : 'SMS/ShortCodes'}`;

/** Reads all senders. Without access to short codes they are missing, and the rest is read. @throws {TwilioApiError} */
export async function readSenders(client: RestClient, accountSid: string): Promise<Senders> {
  const numbers = await readNumbers(client, accountSid);
  const services = await readServices(client);
  try {
    const path = `${pathOf(accountSid, 'short_code')}.json`;
    const codes = await readList(client, { product: 'api', path, name: 'short_codes', item: ShortCode });
    if (codes.length === 0) return { numbers, services };
    return { numbers: [...numbers, ...codes], services: await withShortCodes(client, services) };
  } catch (error) {
    if (!(error instanceof TwilioApiError) || !NO_ACCESS.includes(error.status)) throw error;
    return { numbers, services, unreadShortCodes: error.message };
  }
}

/** Reads the account's numbers, without short codes. @throws {TwilioApiError} */
export function readNumbers(client: RestClient, accountSid: string): Promise<PhoneNumber[]> {
  const path = `${pathOf(accountSid, 'number')}.json`;
  return readList(client, { product: 'api', path, name: 'incoming_phone_numbers', item: PhoneNumber });
}

/** Reads the account's Messaging Services with their numbers, without short codes. @throws {TwilioApiError} */
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

async function withShortCodes(
  client: RestClient,
  services: readonly MessagingService[],
): Promise<MessagingService[]> {
  const read: MessagingService[] = [];
  for (const service of services) {
    const path = `/v1/Services/${service.sid}/ShortCodes`;
    const members = await readList(client, {
      product: 'messaging',
      path,
      name: 'short_codes',
      item: MemberCode,
    });
    read.push({ ...service, phones: [...service.phones, ...members.map(({ short_code }) => short_code)] });
  }
  return read;
}

/** Reads one number or short code. @throws {TwilioApiError} */
export async function readNumber(
  client: RestClient,
  accountSid: string,
  { kind, sid }: Pick<PhoneNumber, 'kind' | 'sid'>,
): Promise<PhoneNumber> {
  const path = `${pathOf(accountSid, kind)}/${sid}.json`;
  return parseResource(kind === 'number' ? PhoneNumber : ShortCode, await client.get(path), path);
}

/** Reads one service, without its numbers. @throws {TwilioApiError} */
export async function readService(
  client: RestClient,
  sid: string,
): Promise<Omit<MessagingService, 'phones'>> {
  const path = `/v1/Services/${sid}`;
  return parseResource(Service, await client.get(path, 'messaging'), path);
}

/** Changes a number or a short code; '' removes a URL. @throws {TwilioApiError} */
export async function updateNumber(
  client: RestClient,
  accountSid: string,
  { kind, sid }: Pick<PhoneNumber, 'kind' | 'sid'>,
  form: Form,
): Promise<void> {
  await client.post(`${pathOf(accountSid, kind)}/${sid}.json`, form, 'api', { repeatable: true });
}

/** Changes a service; '' removes a URL. @throws {TwilioApiError} */
export async function updateService(client: RestClient, sid: string, form: Form): Promise<void> {
  await client.post(`/v1/Services/${sid}`, form, 'messaging', { repeatable: true });
}
