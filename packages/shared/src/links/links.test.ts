import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { E164 } from '../domain/phone';
import { LinkKey } from './link-key';
import { openLink, sealLink, type Link } from './sealed-link';

const newKey = (): Buffer => LinkKey.parse(randomBytes(32).toString('base64'));
const KEY = newKey();
const LINK: Link = {
  accountSid: `AC${'1'.repeat(32)}`,
  channel: 'sms',
  phone: E164.parse('+14155550123'),
  sender: `MG${'a'.repeat(32)}`,
  brand: 'Acme',
  issuedAt: Date.UTC(2026, 2, 1),
};

const links: fc.Arbitrary<Link> = fc.record({
  accountSid: fc.constantFrom(LINK.accountSid, `AC${'F'.repeat(32)}`, 'manual'),
  channel: fc.constantFrom('sms', 'whatsapp'),
  phone: fc.constantFrom(LINK.phone, E164.parse('+4915112345678')),
  sender: fc.oneof(
    fc.constantFrom(LINK.sender, '+15005550006', '12345', 'whatsapp:+15005550006'),
    fc.string({ minLength: 1, maxLength: 60 }),
  ),
  brand: fc.string({ unit: 'grapheme', maxLength: 12 }),
  issuedAt: fc.integer({ min: 0, max: 0xffffffff }).map((seconds) => seconds * 1_000),
});

describe('a sealed link', () => {
  it('is opened as it was sealed, whatever it holds', () => {
    fc.assert(
      fc.property(links, (link) => {
        expect(openLink(sealLink(link, KEY), [KEY])).toEqual(link);
      }),
    );
    const expiresAt = LINK.issuedAt + 86_400_000;
    expect(openLink(sealLink({ ...LINK, expiresAt }, KEY), [KEY])).toEqual({ ...LINK, expiresAt });
  });

  it('is short, fits into a path, shows nothing of the phone, and is another each time', () => {
    const token = sealLink(LINK, KEY);
    expect(token).toMatch(/^[\w-]{80,130}$/);
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toMatch(/4155550123|Acme|sms/);
    expect(sealLink(LINK, KEY)).not.toBe(token);
  });

  it('is opened by the key that sealed it, also when another is the present one', () => {
    const [present, former] = [newKey(), newKey()];
    expect(openLink(sealLink(LINK, former), [present, former])).toEqual(LINK);
    expect(openLink(sealLink(LINK, former), [present])).toBeUndefined();
    expect(openLink(sealLink(LINK, former), [])).toBeUndefined();
  });

  it('is not opened when any bit of it is changed, nor when it is cut, lengthened or spelled differently', () => {
    const bytes = Buffer.from(sealLink(LINK, KEY), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openLink(changed.toString('base64url'), [KEY])).toBeUndefined();
    }
    const token = bytes.toString('base64url');
    const spellings = [
      `${token}=`,
      ` ${token}`,
      `${token}A`,
      token.slice(0, -1),
      token.slice(4),
      `${token}%00`,
      '',
    ];
    for (const spelling of spellings) expect(openLink(spelling, [KEY])).toBeUndefined();
  });

  it('is not made by guessing', () => {
    const tokens = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from([1, ...bytes]).toString('base64url')),
    );
    fc.assert(fc.property(tokens, (token) => openLink(token, [KEY]) === undefined));
    expect(openLink('A'.repeat(1_000_000), [KEY])).toBeUndefined();
  });
});

describe('the key of links', () => {
  it('is the same in hexadecimal and in base64', () => {
    const bytes = randomBytes(48);
    const spelled = (['hex', 'base64', 'base64url'] as const).map((encoding) =>
      LinkKey.parse(bytes.toString(encoding)),
    );
    expect(new Set(spelled.map((key) => key.toString('hex'))).size).toBe(1);
    expect(spelled[0]).toHaveLength(32);
  });

  it.each([
    '',
    'short',
    'ab'.repeat(31),
    Buffer.alloc(31).toString('base64'),
    'x y'.repeat(40),
    'é'.repeat(64),
  ])('is not %j', (text) => {
    expect(LinkKey.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
      expect.stringContaining('at least 32 random bytes'),
    ]);
  });
});
