import { newSid, type AccountState } from './account-state';
import { notFound } from './api-error';
import { methodField, urlField } from './fields';
import { ok, type ApiRequest, type Operation } from './operation';
import { listOf2010 } from './page';
import type { ShortCode } from './resources';

export function addShortCode(
  account: AccountState,
  shortCode: string,
  fields: Partial<ShortCode> = {},
): ShortCode {
  const sid = newSid('SC');
  const now = new Date().toUTCString();
  const code: ShortCode = {
    sid,
    account_sid: account.sid,
    api_version: '2010-04-01',
    date_created: now,
    date_updated: now,
    friendly_name: shortCode,
    short_code: shortCode,
    sms_url: null,
    sms_method: 'POST',
    sms_fallback_url: null,
    sms_fallback_method: 'POST',
    uri: `/2010-04-01/Accounts/${account.sid}/SMS/ShortCodes/${sid}.json`,
    ...fields,
  };
  account.shortCodes.set(sid, code);
  return code;
}

const SHORT_CODES = /^\/2010-04-01\/Accounts\/\w+\/SMS\/ShortCodes\.json$/;
const SHORT_CODE = /^\/2010-04-01\/Accounts\/\w+\/SMS\/ShortCodes\/(SC\w+)\.json$/;

export const SHORT_CODE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: SHORT_CODES,
    run: (request) => ok(listOf2010('short_codes', [...request.account.shortCodes.values()], request)),
  },
  { method: 'GET', path: SHORT_CODE, run: (request) => ok(find(request)) },
  {
    method: 'POST',
    path: SHORT_CODE,
    run: (request) => {
      const { account, form } = request;
      const code = find(request);
      const url = (name: string, present: string | null): string | null => {
        const given = urlField(form, name, 21502);
        return given === undefined ? present : given || null;
      };
      const changed: ShortCode = {
        ...code,
        sms_url: url('SmsUrl', code.sms_url),
        sms_method: methodField(form, 'SmsMethod') ?? code.sms_method,
        sms_fallback_url: url('SmsFallbackUrl', code.sms_fallback_url),
        sms_fallback_method: methodField(form, 'SmsFallbackMethod') ?? code.sms_fallback_method,
      };
      account.shortCodes.set(code.sid, changed);
      return ok(changed);
    },
  },
];

function find({ account, ids, path }: ApiRequest): ShortCode {
  const code = account.shortCodes.get(ids[0] ?? '');
  if (!code) throw notFound(path);
  return code;
}
