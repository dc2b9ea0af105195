import { openStores, runWith, type Ran } from '../test-support/cli';
import { sentAfterEntry } from '../test-support/sent-after';

const stores = openStores();
afterAll(() => stores.close());

const list = (...args: string[]): Promise<Ran> => runWith(stores.env, 'sent-after', 'list', ...args);
const ACCOUNT = `AC${'1'.repeat(32)}`;
const AT = Date.parse('2026-02-25T10:01:00Z');

describe('sent-after list', () => {
  it('says that nothing was checked where the log has not been read', async () => {
    const { code, out } = await list();
    expect(code).toBe(0);
    expect(out).toContain('None listed, 0 examined.');
    expect(out).toContain("Twilio's message log has not been read: set SENT_CHECK_PERIOD for the worker.");
  });

  describe('with findings', () => {
    const first = sentAfterEntry();
    const later = sentAfterEntry({ sentAt: AT + 1_000, sender: '+15005550007', from: '+15005550007' });
    const other = sentAfterEntry({ relation: 'other_sender', phone: '+14155550155' });
    beforeAll(async () => {
      for (const entry of [first, later, other]) await stores.sentAfter.add(entry);
      const begun = await stores.messageLog.begin(ACCOUNT, AT - 60_000);
      await stores.messageLog.advance(ACCOUNT, begun, AT + 60_000);
    });

    it('lists the messages, the latest first, with the opt-out of each and what was compared', async () => {
      const { out } = await list();
      expect(out.indexOf(later.messageSid)).toBeLessThan(out.indexOf(first.messageSid));
      expect(out).toContain(first.optOut.messageSid);
      expect(out).not.toContain(other.messageSid);
      expect(out).not.toContain(first.phone);
      expect(out).toContain(
        `The message log of ${ACCOUNT} was compared from 2026-02-25T10:00:00.000Z to 2026-02-25T10:02:00.000Z.`,
      );
    });

    it('selects by relation, sender and time, and pages', async () => {
      expect((await list('--relation', 'other_sender')).out).toContain(other.messageSid);
      const bySender = (await list('--sender', '+15005550007')).out;
      expect(bySender).toContain(later.messageSid);
      expect(bySender).not.toContain(first.messageSid);
      expect((await list('--until', '2026-02-25T10:01:00Z')).out).not.toContain(later.messageSid);
      const page = await list('--limit', '1');
      expect(page.out).toContain(`--cursor ${later.messageSid}`);
      expect((await list('--limit', '1', '--cursor', later.messageSid)).out).toContain(first.messageSid);
    });

    it('prints JSON with masked phones, and whole ones only with --reveal', async () => {
      const printed = JSON.parse((await list('--json')).out) as { messages: Record<string, unknown>[] };
      expect(printed).toMatchObject({
        next: null,
        examined: 2,
        checked: [{ account: ACCOUNT, since: '2026-02-25T10:00:00.000Z' }],
        messages: [
          { messageSid: later.messageSid, sender: '+15005550007', phone: '+1415*****23' },
          { messageSid: first.messageSid, sentAt: '2026-02-25T10:01:00.000Z', ours: '+15005550006' },
        ],
      });
      expect((await list('--json', '--reveal')).out).toContain(first.phone);
      const [entry] = (await stores.audit.list({ limit: 1 })).entries;
      expect(entry).toMatchObject({ action: 'reveal', details: { command: 'sent-after list' } });
    });

    it('goes on until it finds a message of the sender', async () => {
      const { out } = await list('--sender', first.sender, '--limit', '1');
      expect(out).toContain(first.messageSid);
      expect(out).toContain('1 listed, 2 examined.');
    });

    it('refuses a limit, a sender and a cursor that are none', async () => {
      expect((await list('--limit', '1001')).error).toContain('limit_invalid');
      expect((await list('--cursor', 'x')).code).toBe(2);
      const gone = await list('--cursor', `SM${'0'.repeat(32)}`);
      expect([gone.code, gone.error]).toEqual([2, expect.stringContaining('cursor_invalid')]);
      const withoutPlus = await list('--sender', '15005550007');
      expect([withoutPlus.code, withoutPlus.error]).toEqual([2, expect.stringContaining('sender_invalid')]);
    });
  });
});
