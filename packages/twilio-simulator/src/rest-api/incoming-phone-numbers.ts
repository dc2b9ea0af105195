import { newSid, type AccountState } from './account-state';
import { notFound } from './api-error';
import { methodField, urlField } from './fields';
import { ok, type ApiRequest, type Operation } from './operation';
import { listOf2010 } from './page';
import type { IncomingPhoneNumber } from './resources';

export function addNumber(
  account: AccountState,
  phoneNumber: string,
  fields: Partial<IncomingPhoneNumber> = {},
): IncomingPhoneNumber {
  const sid = newSid('PN');
  const number: IncomingPhoneNumber = {
    sid,
    account_sid: account.sid,
    phone_number: phoneNumber,
    friendly_name: phoneNumber,
    capabilities: { voice: true, sms: true, mms: true },
    sms_application_sid: '',
    sms_url: '',
    sms_method: 'POST',
    sms_fallback_url: '',
    sms_fallback_method: 'POST',
    status_callback: '',
    uri: `/2010-04-01/Accounts/${account.sid}/IncomingPhoneNumbers/${sid}.json`,
    ...fields,
  };
  account.numbers.set(number.sid, number);
  return number;
}

const NUMBERS = /^\/2010-04-01\/Accounts\/\w+\/IncomingPhoneNumbers\.json$/;
const NUMBER = /^\/2010-04-01\/Accounts\/\w+\/IncomingPhoneNumbers\/(PN\w+)\.json$/;

export const NUMBER_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: NUMBERS,
    run: (request) => {
      const wanted = request.query.get('PhoneNumber');
      const numbers = [...request.account.numbers.values()].filter(
        ({ phone_number }) => wanted === null || phone_number === wanted,
      );
      return ok(listOf2010('incoming_phone_numbers', numbers, request));
    },
  },
  { method: 'GET', path: NUMBER, run: (request) => ok(find(request)) },
  {
    method: 'POST',
    path: NUMBER,
    run: (request) => {
      const { account, form } = request;
      const number = find(request);
      const changed: IncomingPhoneNumber = {
        ...number,
        sms_application_sid: form.get('SmsApplicationSid') ?? number.sms_application_sid,
        sms_url: urlField(form, 'SmsUrl', 21502) ?? number.sms_url,
        sms_method: methodField(form, 'SmsMethod') ?? number.sms_method,
        sms_fallback_url: urlField(form, 'SmsFallbackUrl', 21502) ?? number.sms_fallback_url,
        sms_fallback_method: methodField(form, 'SmsFallbackMethod') ?? number.sms_fallback_method,
      };
      account.numbers.set(number.sid, changed);
      return ok(changed);
    },
  },
];

function find({ account, ids, path }: ApiRequest): IncomingPhoneNumber {
  const number = account.numbers.get(ids[0] ?? '');
  if (!number) throw notFound(path);
  return number;
}
