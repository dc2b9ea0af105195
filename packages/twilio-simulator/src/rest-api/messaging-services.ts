import { isoSeconds, newSid, type AccountState } from './account-state';
import { notFound } from './api-error';
import { booleanField, methodField, urlField } from './fields';
import { ok, without, type ApiRequest, type Operation } from './operation';
import { listOfV1 } from './page';
import type { IncomingPhoneNumber, MessagingService, ShortCode } from './resources';

export function addService(
  account: AccountState,
  friendlyName: string,
  fields: Partial<Omit<MessagingService, 'numbers'>> & {
    readonly numbers?: readonly (IncomingPhoneNumber | ShortCode)[];
  } = {},
): MessagingService {
  const { numbers = [], ...others } = fields;
  const sid = others.sid ?? newSid('MG');
  const now = isoSeconds(new Date());
  const service: MessagingService = {
    sid,
    account_sid: account.sid,
    friendly_name: friendlyName,
    inbound_request_url: null,
    inbound_method: 'POST',
    fallback_url: null,
    fallback_method: 'POST',
    status_callback: null,
    use_inbound_webhook_on_number: false,
    us_app_to_person_registered: false,
    date_created: now,
    date_updated: now,
    url: `https://messaging.twilio.com/v1/Services/${sid}`,
    ...others,
    numbers: numbers.map((number) => number.sid),
  };
  account.services.set(sid, service);
  return service;
}

export const SERVICE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: /^\/v1\/Services$/,
    run: (request) => {
      const services = [...request.account.services.values()].map(withoutNumbers);
      return ok(listOfV1('services', services, request));
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/Services\/(MG\w+)$/,
    run: (request) => ok(withoutNumbers(findService(request))),
  },
  {
    method: 'POST',
    path: /^\/v1\/Services\/(MG\w+)$/,
    run: (request) => ok(withoutNumbers(update(request))),
  },
  {
    method: 'GET',
    path: /^\/v1\/Services\/(MG\w+)\/PhoneNumbers$/,
    run: (request) => ok(listOfV1('phone_numbers', phoneNumbers(request), request)),
  },
  {
    method: 'GET',
    path: /^\/v1\/Services\/(MG\w+)\/ShortCodes$/,
    run: (request) => ok(listOfV1('short_codes', shortCodes(request), request)),
  },
];

/** The service that the path names. @throws {ApiError} 404 */
export function findService({ account, ids, path }: ApiRequest): MessagingService {
  const service = account.services.get(ids[0] ?? '');
  if (!service) throw notFound(path);
  return service;
}

function update(request: ApiRequest): MessagingService {
  const { account, form } = request;
  const service = findService(request);
  const url = (name: string, present: string | null): string | null => {
    const given = urlField(form, name, 20001);
    return given === undefined ? present : given || null;
  };
  const changed: MessagingService = {
    ...service,
    inbound_request_url: url('InboundRequestUrl', service.inbound_request_url),
    inbound_method: methodField(form, 'InboundMethod') ?? service.inbound_method,
    fallback_url: url('FallbackUrl', service.fallback_url),
    fallback_method: methodField(form, 'FallbackMethod') ?? service.fallback_method,
    status_callback: url('StatusCallback', service.status_callback),
    use_inbound_webhook_on_number:
      booleanField(form, 'UseInboundWebhookOnNumber') ?? service.use_inbound_webhook_on_number,
    date_updated: isoSeconds(new Date()),
  };
  account.services.set(service.sid, changed);
  return changed;
}

function phoneNumbers(request: ApiRequest): { readonly sid: string }[] {
  const service = findService(request);
  return service.numbers.flatMap((sid) => {
    const number = request.account.numbers.get(sid);
    if (!number) return [];
    return [
      {
        sid,
        account_sid: service.account_sid,
        service_sid: service.sid,
        phone_number: number.phone_number,
        country_code: 'US',
        capabilities: ['SMS', 'MMS', 'Voice'],
        date_created: service.date_created,
        date_updated: service.date_updated,
        url: `${service.url}/PhoneNumbers/${sid}`,
      },
    ];
  });
}

function shortCodes(request: ApiRequest): { readonly sid: string }[] {
  const service = findService(request);
  return service.numbers.flatMap((sid) => {
    const code = request.account.shortCodes.get(sid);
    if (!code) return [];
    return [
      {
        sid,
        account_sid: service.account_sid,
        service_sid: service.sid,
        short_code: code.short_code,
        country_code: 'US',
        capabilities: ['SMS'],
        date_created: service.date_created,
        date_updated: service.date_updated,
        url: `${service.url}/ShortCodes/${sid}`,
      },
    ];
  });
}

const withoutNumbers = (service: MessagingService): Omit<MessagingService, 'numbers'> =>
  without(service, 'numbers');
