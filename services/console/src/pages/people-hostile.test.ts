import { AMBIGUOUS, unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import { ReviewEntry } from '@optout-sync/shared/review';
import {
  ACCOUNT,
  HOSTILE,
  damage,
  freshSid,
  freshSubject,
  markApplied,
  pathOf,
  record,
} from '../test-support/people';
import { startTestConsole, type TestConsole } from '../test-support/test-console';

/*
 * What others wrote is text on every page about people: scripts, characters that turn the direction, a megabyte, broken JSON.
 */

const MEGABYTE = 'x'.repeat(1_048_576);

let tested: TestConsole;
beforeAll(async () => {
  tested = await startTestConsole({ TWILIO_ACCOUNT_SID: ACCOUNT });
});
afterAll(() => tested.stop());

async function expectHarmless(path: string): Promise<string> {
  const { status, text } = await tested.get(path);
  expect([path, status]).toEqual([path, 200]);
  expect(text).not.toContain('<script>window');
  expect(text).not.toContain('<img src=x');
  expect(text).not.toContain('\u202e');
  expect(text.length).toBeLessThan(200_000);
  return text;
}

/** All pages of a list: a page may end before its entries come, as beside many keys of others in Redis. */
async function everyPage(path: string): Promise<string> {
  let text = '';
  for (let next: string | undefined = path; next !== undefined;) {
    const page = await expectHarmless(next);
    text += page;
    next = /href="([^"]+)" rel="next"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
  }
  return text;
}

describe('hostile data', () => {
  it('in the notes, senders and people of a ledger entry', async () => {
    const { context } = tested;
    for (const text of [HOSTILE, HOSTILE + MEGABYTE]) {
      const subject = freshSubject();
      const sender = HOSTILE.slice(0, 200);
      const { messageSid } = await record(context, subject, { sender, phrase: text });
      await markApplied(context, subject, [
        '"><script>window.attacked=1</script>',
        ...Array<string>(500).fill('z'),
      ]);
      await damage(context, subject, {
        [`w:${messageSid}`]: JSON.stringify({ by: text, why: `\ud800${text}`, phrase: text }),
        lw: `1 ${text.replaceAll(/[ \n]/g, '_')} missing 3 a,b,${text.replaceAll(/[ \n]/g, '_')}`,
        wa: 'never',
        t: '1e400',
      });
      await context.stores.findings.replace(subject, { missing: [text, '\ud800'] });
      expect(await expectHarmless(pathOf(context, subject))).toContain('&lt;script');
      const preview = await tested.post(`${pathOf(context, subject)}/opt-out/preview`, {
        sender: '+15005550009',
      });
      expect(preview.text).not.toContain('<script>window');
      await expectHarmless('/opt-outs');
      await expectHarmless('/drift');
    }
  });

  it('in an entry whose JSON is broken: its page says so, and every list goes on', async () => {
    const { context } = tested;
    const [subject, other] = [freshSubject(), freshSubject()];
    const { messageSid } = await record(context, subject);
    await record(context, other);
    await damage(context, subject, { [`w:${messageSid}`]: `{"by": ${HOSTILE}` });
    expect(await expectHarmless(pathOf(context, subject))).toContain('ledger_entry_unreadable');
    expect(await everyPage('/opt-outs')).toContain('ledger_entry_unreadable');
    const { location } = await tested.post('/search', { q: subject.phone });
    expect(location).toBe(pathOf(context, subject));
  });

  it('on the review list and in messages that may be made of another one', async () => {
    const { stores } = tested.context;
    const messageSid = freshSid();
    const entry = {
      ...freshSubject(),
      sender: HOSTILE,
      messageSid,
      phrase: HOSTILE + MEGABYTE,
      receivedAt: 1e300,
    };
    await stores.reviewList.add(ReviewEntry.parse(entry));
    const params = { AccountSid: ACCOUNT, From: '+14155550199', To: HOSTILE + MEGABYTE, MessageSid: HOSTILE };
    const letter = unprocessableDeadLetter(AMBIGUOUS, { route: 'messages', params, signed: 'x' }, 1);
    const id = await stores.queues.deadLetters.put(letter);
    for (const path of ['/review', `/review/${messageSid}`, `/review/dead-letters/${id}`]) {
      await expectHarmless(path);
    }
  });

  it('in filters, cursors, ids and forms', async () => {
    const text = encodeURIComponent(HOSTILE);
    const paths = [
      `/opt-outs?sender=${text}&state=any`,
      `/opt-outs?workspace=${text}`,
      `/opt-outs?cursor=${text}&looked=${text}`,
      `/drift?kind=${text}`,
      `/sent-after?relation=${text}`,
      `/sent-after?sender=${text}&cursor=${text}`,
      `/drift?cursor=${text}`,
      `/review?cursor=${text}`,
      `/review/${text}`,
      `/people/${text}`,
      `/search/people?id=${text}`,
      `/search/messages/${text}`,
    ];
    for (const path of paths) {
      const answer = await tested.get(path);
      expect([path, answer.status < 500]).toEqual([path, true]);
      expect(answer.text).not.toContain('<script>window');
    }
    const subject = freshSubject();
    await record(tested.context, subject);
    const posts: [string, Record<string, string>][] = [
      ['/search', { q: HOSTILE }],
      [`${pathOf(tested.context, subject)}/opt-out/preview`, { sender: HOSTILE }],
      [`${pathOf(tested.context, subject)}/opt-out`, { sender: HOSTILE, version: HOSTILE, why: HOSTILE }],
      [`${pathOf(tested.context, subject)}/set-back`, { person: HOSTILE, why: HOSTILE }],
    ];
    for (const [path, fields] of posts) {
      const answer = await tested.post(path, fields);
      expect([path, answer.text.includes('<script>window')]).toEqual([path, false]);
    }
  });
});
