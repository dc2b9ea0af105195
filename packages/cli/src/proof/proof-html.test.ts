import fc from 'fast-check';
import { sealProof, type ProofRecords, type SealedProof } from '@optout-sync/operations';
import { checkFile } from './check-file';
import { dataOfPage, proofHtml } from './proof-html';

const AT = '2026-02-25T10:00:00.000Z';
const RELEASE = 'optout-sync 0.1.0';

/** A proof that has a text of somebody in every place where there can be one. */
function proofWith(text: string, more: Partial<ProofRecords> = {}): SealedProof {
  const origin = { build: text, configuration: text };
  const records: ProofRecords = {
    format: 'optout-sync-proof',
    version: 1,
    madeAt: AT,
    madeBy: RELEASE,
    workspace: text,
    channel: 'sms',
    phone: '+14155550123',
    policy: 'any',
    now: { state: 'stopped', since: AT },
    senders: [{ sender: text, state: 'stopped', since: AT, decidedBy: text }],
    messages: [
      {
        messageSid: text,
        kind: 'stop',
        sender: text,
        source: text,
        sentAt: AT,
        sentAtIs: 'operator',
        receivedAt: AT,
        outcome: text,
        ledgerVersion: 1,
        note: { by: text, why: text, rule: text },
      },
    ],
    versions: [
      {
        version: 1,
        cause: 'event',
        messageSid: text,
        madeAt: AT,
        madeBy: origin,
        appliedAt: AT,
        appliedBy: origin,
      },
    ],
    customerio: { presentVersion: 1, appliedVersion: 1, people: [text], writtenAt: AT, comparedAt: AT },
    laterWrites: [{ at: AT, reason: text, kind: text, value: true, people: [text], total: 2 }],
    pruned: null,
    ...more,
  };
  return sealProof(records, undefined);
}

const textOf = (page: string): string => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

/** What may be printed raw: no control but the tab and the new line, and no mark of direction. */
// eslint-disable-next-line no-control-regex -- that there are none
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  "' onmouseover='alert(1)",
  '<!--',
  ']]>',
  '</title></style><style>*{display:none}',
  '\u202eevil\u2066x\u200f',
  'שלום לכם STOP',
  '\u0000\u001b]0;title\u0007\u001b[2J\u009b31m\r\n',
  '\ud800 alone',
  '&lt;b&gt; &amp;amp;',
  '${1+1} {{1+1}}',
];

describe('the page of a proof', () => {
  it.each(HOSTILE)('shows %j as text, and can be checked', (text) => {
    const sealed = proofWith(text);
    const page = proofHtml(sealed);
    expect(page).not.toMatch(UNSAFE);
    expect(page.match(/<\/?script/g)).toHaveLength(2);
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page).not.toMatch(/<(img|svg|!--)|onerror="|onmouseover="/);
    expect(checkFile(page, undefined, RELEASE)).toEqual({ sealed, page: 'same' });
  });

  it('shows whatever text there is as text, and can be checked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sealed = proofWith(text);
        const page = proofHtml(sealed);
        expect(page).not.toMatch(UNSAFE);
        expect(page.match(/<\/?script/g)).toHaveLength(2);
        expect(checkFile(page, undefined, RELEASE)).toEqual({ sealed, page: 'same' });
      }),
    );
  });

  it('holds a text of a megabyte', () => {
    const [message] = proofWith('x').records.messages;
    const why = '<b>\u202e'.repeat(250_000);
    const sealed = proofWith('x', { messages: message ? [{ ...message, note: { why } }] : [] });
    const page = proofHtml(sealed);
    expect(checkFile(page, undefined, RELEASE)).toEqual({ sealed, page: 'same' });
    expect(dataOfPage(page)?.length).toBeGreaterThan(why.length);
  });

  it('says how many messages are no longer stored, and does not claim to be complete', () => {
    const pruned = { count: 1_234, since: '2026-01-02T03:04:05.000Z' };
    const text = textOf(proofHtml(proofWith('x', { pruned })));
    expect(text).toContain(
      '1234 older messages are no longer stored. The first of them was removed at 2026-01-02T03:04:05.000Z.',
    );
    expect(text).not.toContain('complete');
  });

  it('names the version that was written to nobody, and says where none was written', () => {
    const customerio = { presentVersion: 3, appliedVersion: 2, people: [], writtenAt: AT, comparedAt: null };
    expect(textOf(proofHtml(proofWith('x', { customerio })))).toContain(
      'Version 2 was written to nobody. Last written 2026',
    );
    const none = { ...customerio, appliedVersion: 0, writtenAt: null };
    expect(textOf(proofHtml(proofWith('x', { customerio: none })))).toContain(
      'No version has been written. Last written at an unknown time, last compared never.',
    );
  });
});

describe('checkFile', () => {
  const sealed = proofWith('x', {
    messages: [...proofWith('a').records.messages, ...proofWith('b').records.messages],
  });
  const json = JSON.stringify(sealed, null, 2);
  const page = proofHtml(sealed);
  const withRecords = (change: (records: Record<string, unknown>) => Record<string, unknown>): string =>
    JSON.stringify({ ...sealed, records: change({ ...sealed.records }) });
  const [first, second] = sealed.records.messages;

  it.each<[string, string]>([
    ['a value', withRecords((records) => ({ ...records, phone: '+14155550124' }))],
    ['a message more', withRecords((records) => ({ ...records, messages: [first, second, first] }))],
    ['a message less', withRecords((records) => ({ ...records, messages: [first] }))],
    ['the order of messages', withRecords((records) => ({ ...records, messages: [second, first] }))],
    ['a field more', withRecords((records) => ({ ...records, remark: 'none of ours' }))],
    ['a field less', withRecords((records) => Object.fromEntries(Object.entries(records).slice(1)))],
    ['a field of a type of its own', withRecords((records) => ({ ...records, policy: ['any'] }))],
    [
      'the digest',
      json.replace(
        sealed.digest.value,
        sealed.digest.value.replace(/^./, (c) => (c === '0' ? '1' : '0')),
      ),
    ],
    ['a digest that is cut off', json.replace(sealed.digest.value, sealed.digest.value.slice(1))],
    ['a value that stands twice', json.replace('"records": {', '"records": { "phone": "+14155550999",')],
    [
      'records that stand twice',
      json.replace('"records": {', '"records": {"phone": "+14155550999"}, "records": {'),
    ],
    ['the records of the page', page.replace('"policy":"any"', '"policy":"last"')],
    ['a word of the page', page.replace('is opted out since', 'is opted in since')],
    ['a number that the page hides', page.replace('+14155550123</h1>', '+14155550124</h1>')],
    ['the style of the page', page.replace('.soft {', 'td { display: none } .soft {')],
    ['something before the page ends', page.replace('</body>', '<p>Void.</p></body>')],
    ['something after the page', `${page}<p>Void.</p>`],
    ['something before the page', `<p>Void.</p>${page}`],
    [
      'second records on the page',
      page.replace('<script', `<script type="application/json">{}</script><script`),
    ],
  ])('finds %s changed', (_, changed) => {
    expect([json, page]).not.toContain(changed);
    expect(() => checkFile(changed, undefined, RELEASE)).toThrow(
      expect.objectContaining({ code: 'proof_changed' }) as Error,
    );
  });

  it.each<[string, string]>([
    ['a value beside the records', json.replace('"digest"', '"remark": "none of ours",\n  "digest"')],
    ['a file that is cut off', json.slice(0, -20)],
    ['a page that is cut off', page.slice(0, page.indexOf('</script>'))],
    ['two proofs in a row', `${json}\n${json}`],
  ])('does not understand %s', (_, changed) => {
    expect(() => checkFile(changed, undefined, RELEASE)).toThrow(
      expect.objectContaining({ code: 'proof_not_understood' }) as Error,
    );
  });

  it('takes the same records in other lines, in another order and after a byte order mark', () => {
    const reversed = Object.fromEntries(Object.entries(sealed.records).reverse());
    for (const text of [
      JSON.stringify(sealed),
      JSON.stringify({ digest: sealed.digest, records: reversed }),
      `\ufeff${json}`,
      `\ufeff${page}`,
    ]) {
      expect(checkFile(text, undefined, RELEASE).sealed.digest).toEqual(sealed.digest);
    }
  });
});
