import { startTwilioApi, type TwilioApi } from '../rest-api/start-twilio-api';
import { runSimulator } from '../test-support/run-simulator';

const [ACCOUNT, TOKEN] = ['AC0000000000000000000000000000000a', 'present'];

let api: TwilioApi;
beforeEach(async () => {
  api = await startTwilioApi({ [ACCOUNT]: TOKEN });
});
afterEach(() => api.stop());

/** Runs the simulator in a demo whose ingest is down: nothing listens at the discard port. */
async function simulate(args: readonly string[], settings: Record<string, string | undefined> = {}) {
  const env = {
    INGEST_URL: 'http://127.0.0.1:9',
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    SIMULATED_TWILIO_URL: api.url,
    ...settings,
  };
  const [out, error]: [string[], string[]] = [[], []];
  const code = await runSimulator(args, {
    env,
    out: (text) => out.push(text),
    error: (text) => error.push(text),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

const SID = 'SM0123456789abcdef0123456789abcdef';
const logged = () => api.account(ACCOUNT).messages;

it('logs a message at the demo’s Twilio, also when no webhook takes it', async () => {
  expect((await simulate(['message', '--sid', SID, '--body', 'Stop'])).code).toBe(1);
  expect(logged()).toMatchObject([
    { sid: SID, account_sid: ACCOUNT, direction: 'inbound', from: '+14155550101', body: 'Stop' },
  ]);
});

it('logs a message once, however often it is delivered', async () => {
  await simulate(['message', '--sid', SID]);
  await simulate(['message', '--sid', SID]);
  expect(logged()).toHaveLength(1);
});

it('only logs a lost message, and names the command that finds it', async () => {
  const { code, out } = await simulate(['message', '--sid', SID, '--lost']);
  expect(code).toBe(0);
  expect(out).toContain('optout-sync backfill --since 1h');
  expect(logged()).toHaveLength(1);
});

it('does not log what is forged, nor lose a message where there is no demo', async () => {
  await simulate(['message', '--forge']);
  expect((await simulate(['message', '--forge', '--lost'])).code).toBe(2);
  const real = await simulate(['message', '--lost'], { SIMULATED_TWILIO_URL: undefined });
  expect(real.code).toBe(2);
  expect(real.error).toContain('start it with `npm start`');
  expect(logged()).toEqual([]);
});

it('says that the account is not the demo’s, and where the log is when the imitation is gone', async () => {
  const other = await simulate(['message', '--account', 'AC0000000000000000000000000000000b']);
  expect(other.error).toContain('is --account the demo');
  const gone = await simulate(['message'], { SIMULATED_TWILIO_URL: 'http://127.0.0.1:9' });
  expect(gone.error).toContain('data/logs/twilio-api.log');
});
