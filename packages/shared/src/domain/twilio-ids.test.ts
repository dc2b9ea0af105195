import { AccountSid, MessageSid, findAccountSid, isAccountSid, isMessagingServiceSid } from './twilio-ids';

const DIGITS = '0123456789abcdefABCDEF0123456789';

it('accepts hexadecimal digits in either case in every id', () => {
  expect(isAccountSid(`AC${DIGITS}`)).toBe(true);
  expect(isMessagingServiceSid(`MG${DIGITS}`)).toBe(true);
  expect(MessageSid.safeParse(`SM${DIGITS}`).success).toBe(true);
});

it.each(['', 'AC1', `AC${DIGITS}0`, `ac${DIGITS}`, `MG${DIGITS}`, ` AC${DIGITS}`])(
  'rejects %p as an AccountSid',
  (text) => {
    expect(isAccountSid(text)).toBe(false);
    expect(AccountSid.safeParse(text).success).toBe(false);
  },
);

it('finds an AccountSid within the path of a resource', () => {
  expect(findAccountSid(`/2010-04-01/Accounts/AC${DIGITS}/Messages/SM${DIGITS}.json`)).toBe(`AC${DIGITS}`);
  expect(findAccountSid('/2010-04-01/Accounts')).toBeUndefined();
});
