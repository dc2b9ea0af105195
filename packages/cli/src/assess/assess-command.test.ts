import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loggedInbound } from '@optout-sync/twilio-simulator';
import { HISTORY, seedHistory, startAssessSystem, type AssessSystem } from '../test-support/assess-system';
import { runWith, type Ran } from '../test-support/cli';
import { runCli } from '../run-cli';

const SPAN = ['--since', '2025-11-01', '--until', '2025-11-03', '--rate', '500'];
/** Markup, a formula, a colour of the terminal, and text that would be read backwards. */
const HOSTILE = '=1+1 <script>alert(1)</script>\u001b[31m \u202epotS please stop texting me';
const PHONE = '+14155550123';

let system: AssessSystem;
beforeEach(async () => {
  system = await startAssessSystem();
});
afterEach(() => system.stop());

const run = (...args: string[]): Promise<Ran> => runWith(system.env, 'assess', ...SPAN, ...args);
const say = (body: string, from = PHONE): void => {
  system.api.log(loggedInbound(new Date('2025-11-02T10:00:00Z'), { body, from }));
};

describe('assess', () => {
  it('prints what the README and docs/assess.md show', async () => {
    await seedHistory(system);
    const span = ['--since', HISTORY.since, '--until', HISTORY.until, '--rate', '500'];
    const { code, out } = await runWith(system.env, 'assess', ...span);
    expect(code).toBe(0);
    for (const file of ['README.md', 'docs/assess.md']) {
      expect(readFileSync(join(__dirname, '../../../..', file), 'utf8')).toContain(out);
    }
  }, 60_000);

  it('says that nothing is wrong where nothing is', async () => {
    say('Hello');
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toContain('1 message read, 1 of them inbound');
    expect(out).toContain('Nothing is wrong in this span.');
  });

  it.each(['--json', '--csv', '--html', undefined])(
    'shows neither phones nor words with %s unless --reveal is given',
    async (form) => {
      say('please stop texting me');
      const args = form === undefined ? [] : [form];
      const masked = await run(...args);
      expect(masked.out).toContain('+1415*****23');
      expect(masked.out + masked.error).not.toMatch(/\+14155550123|stop texting me/);
      const whole = await run(...args, '--reveal');
      expect(whole.out).toContain(PHONE);
      if (form !== undefined) expect(whole.out).toContain('please stop texting me');
    },
  );

  it('lets nothing that people write act in a terminal, a page or a spreadsheet', async () => {
    say(HOSTILE);
    for (const form of ['--json', '--csv', '--html']) {
      const { out } = await run(form, '--reveal');
      // eslint-disable-next-line no-control-regex -- that there are none
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
      expect(out).toContain('\\u202epotS');
    }
    const { out: html } = await run('--html', '--reveal');
    expect(html).not.toContain('<script');
    expect(html).toContain('<bdi>=1+1 &lt;script&gt;alert(1)&lt;/script&gt;\\u001b[31m \\u202epotS');
    const { out: csv } = await run('--csv', '--reveal');
    expect(csv.split('\n')[1]).toContain("'=1+1 <script>");
    const { out: json } = await run('--json', '--reveal');
    expect(JSON.parse(json)).toMatchObject({ numbers: [{ ownWords: { text: HOSTILE } }] });
  });

  it('prints JSON with times, counts, and each number with what is wrong', async () => {
    say('STOP');
    const cioId = system.workspace.addPerson({ attributes: { phone: PHONE } });
    const { out } = await run('--json');
    expect(JSON.parse(out)).toMatchObject({
      since: '2025-11-01T00:00:00.000Z',
      until: '2025-11-03T00:00:00.000Z',
      counts: { messages: 1, optOuts: 1 },
      summary: { stopped: { numbers: 1 }, stillSubscribed: { numbers: 1, profiles: 1 } },
      numbers: [
        {
          phone: '+1415*****23',
          state: 'stopped',
          since: '2025-11-02T10:00:00.000Z',
          profiles: [{ cioId, optedOut: false }],
          findings: ['still_subscribed', 'not_on_native_list'],
        },
      ],
    });
  });

  it('names every missing key at once, and what to do about a wrong one', async () => {
    expect(await runWith({}, 'assess')).toMatchObject({
      code: 78,
      error: expect.stringMatching(
        /TWILIO_ACCOUNT_SID.*TWILIO_AUTH_TOKEN.*CUSTOMERIO_APP_API_KEY/s,
      ) as string,
    });
    const wrong = { ...system.env, CUSTOMERIO_APP_API_KEY: 'wrong' };
    expect(await runWith(wrong, 'assess', ...SPAN)).toMatchObject({
      code: 1,
      error: expect.stringMatching(
        /error \(customerio_unauthorized\): .*correct CUSTOMERIO_APP_API_KEY/,
      ) as string,
    });
  });

  it('says that it could not ask Customer.io, before it reads the log and also where nobody said anything', async () => {
    const { code, out, error } = await runWith(
      { ...system.env, CUSTOMERIO_APP_URL: 'http://127.0.0.1:1' },
      'assess',
      ...SPAN,
    );
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(/error \(customerio_unreachable\): people could not be looked up/);
    expect(system.api.requests).toEqual([]);
  });

  it.each([
    ['a future start', ['--since', '2125-01-01'], 'must not be in the future'],
    ['an end before the start', ['--until', '2025-10-01'], 'span_empty'],
    ['no rate', ['--rate', '0'], 'above 0'],
    ['two forms', ['--csv', '--html'], 'cannot be used'],
    ['an unknown account', ['--account', 'AC2'], 'account_unknown'],
  ])('refuses %s', async (_, args, said) => {
    const { code, error } = await run(...args);
    expect(code).toBe(2);
    expect(error).toContain(said);
    expect(system.api.requests).toEqual([]);
  });

  it('stops on Ctrl-C, and says that nothing is stored', async () => {
    const [stop, errors]: [AbortController, string[]] = [new AbortController(), []];
    say('STOP');
    const running = runCli(['assess', '--since', '2025-01-01', '--rate', '5'], {
      env: system.env,
      out: () => undefined,
      error: (text) => void errors.push(text),
      stop: stop.signal,
    });
    while (system.api.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await running).toBe(3);
    expect(errors.at(-1)).toBe(
      'Stopped. Nothing is stored: it begins anew.\nTo go on: optout-sync assess --since 2025-01-01 --rate 5',
    );
  });
});
