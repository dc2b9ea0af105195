import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { AMBIGUOUS, unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import { ReviewEntry } from '@optout-sync/shared/review';
import { ACCOUNT, freshSid, freshSubject, pathOf, record } from '../../test-support/people';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

let sandbox: CustomerIoSandbox;
let tested: TestConsole;
beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  tested = await startTestConsole({
    CUSTOMERIO_APP_API_KEY: sandbox.workspace().appApiKey,
    CUSTOMERIO_APP_URL: sandbox.appUrl,
    CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
    DEFAULT_COUNTRY: 'US',
  });
});
afterAll(async () => {
  await tested.stop();
  await sandbox.stop();
});

/** Where a search leads to. */
const found = async (q: string): Promise<string | null> =>
  (await tested.post('/search', { q }, 'viewer')).location;

describe('the search box', () => {
  it('finds a phone in any spelling, and never puts it into an address', async () => {
    const subject = freshSubject();
    await record(tested.context, subject);
    const digits = subject.phone.slice(1);
    const [area, rest] = [digits.slice(1, 4), `${digits.slice(4, 7)}-${digits.slice(7)}`];
    const spellings = [
      subject.phone,
      digits,
      `+1 (${area}) ${rest}`,
      `001 ${area} ${rest}`,
      `(${area}) ${rest}`,
      ` tel:${subject.phone} `,
      `\u202a${subject.phone}\u202c`,
    ];
    for (const spelling of spellings) {
      expect([spelling, await found(spelling)]).toEqual([spelling, pathOf(tested.context, subject)]);
    }
    expect(tested.logLines.join()).not.toContain(digits);
  });

  it('leads to the page of a phone that the ledger does not have', async () => {
    const subject = freshSubject({ channel: 'whatsapp' });
    expect(await found(`whatsapp:${subject.phone}`)).toBe(pathOf(tested.context, subject));
  });

  it('lists the numbers that a text may be', async () => {
    const american = freshSubject();
    const text = american.phone.slice(2);
    const swiss = freshSubject({ phone: `+${text}` as typeof american.phone });
    await record(tested.context, american);
    await record(tested.context, swiss);
    const location = await found(text);
    const expected = [american, swiss].map((subject) => pathOf(tested.context, subject));
    if (location?.startsWith('/search/people?')) {
      const list = await tested.get(location, 'viewer');
      for (const path of expected) expect(list.text).toContain(path);
      expect(list.text).not.toContain(text);
    } else expect(expected).toContain(location);
  });

  it('finds the person of a message in the ledger and on the review list', async () => {
    const subject = freshSubject();
    const { messageSid } = await record(tested.context, subject);
    expect(await found(messageSid)).toBe(`/search/messages/${messageSid}`);
    const { location } = await tested.get(`/search/messages/${messageSid}`, 'viewer');
    expect(location).toBe(pathOf(tested.context, subject));
    const [reviewed, other] = [freshSid(), freshSubject()];
    await tested.context.stores.reviewList.add(
      ReviewEntry.parse({ ...other, sender: 'MG1', messageSid: reviewed, receivedAt: 1 }),
    );
    const ofReview = await tested.get(`/search/messages/${reviewed}`, 'viewer');
    expect(ofReview.location).toBe(pathOf(tested.context, other));
  });

  it('says how far it looked for a message that nobody has', async () => {
    const { status, text } = await tested.get(`/search/messages/${freshSid()}`, 'viewer');
    expect(status).toBe(200);
    expect(text).toMatch(/ledger entries looked at, which are all/);
    expect((await tested.get('/search/messages/SM1')).status).toBe(400);
  });

  it('finds a dead letter by its id and by its message', async () => {
    const messageSid = freshSid();
    const params = {
      AccountSid: ACCOUNT,
      From: freshSubject().phone,
      To: '+15005550006',
      MessageSid: messageSid,
    };
    const letter = unprocessableDeadLetter(AMBIGUOUS, { route: 'messages', params, signed: messageSid }, 1);
    const id = await tested.context.stores.queues.deadLetters.put(letter);
    expect(await found(id)).toBe(`/dead-letters/${id}`);
    expect((await tested.get(`/search/messages/${messageSid}`)).location).toBe(`/dead-letters/${id}`);
  });

  it('finds a person by the id of their page, and by their cio_id through Customer.io', async () => {
    const subject = freshSubject();
    await record(tested.context, subject);
    const path = pathOf(tested.context, subject);
    expect(await found(path.replace('/people/', ''))).toBe(path);
    const cioId = sandbox.workspace().addPerson({ attributes: { phone: subject.phone } });
    expect(await found(cioId)).toBe(path);
  });

  it('says what it takes when nothing is found, without repeating what was typed', async () => {
    for (const q of ['somebody else', '', '<script>alert(1)</script>', 'x'.repeat(500), 'nobody-at-all']) {
      const { status, text } = await tested.post('/search', { q }, 'viewer');
      expect([q, status]).toEqual([q, 404]);
      expect(text).toContain('Nothing was found.');
      if (q !== '') expect(text).not.toContain(q);
    }
  });
});
