import { parseArgs } from 'node:util';
import { seedDemoAccount } from './demo-account';
import { startTwilioApi } from './start-twilio-api';

const USAGE = `twilio-api: an imitation of Twilio's REST APIs for one account

  --port <n>  the port (default: any free one)
  --seed      give the account numbers, a Messaging Service and an A2P campaign

TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN name the account, TWILIO_API_KEY and TWILIO_API_SECRET an API key of it.
`;

/** Runs the APIs until SIGTERM or SIGINT. When ready, prints one line of JSON with the `url`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      seed: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = process.env;
  if (!sid || !token) throw new Error('TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are required');
  if (!/^\d+$/.test(values.port)) throw new Error(`${values.port} is not a port`);
  const api = await startTwilioApi({ [sid]: token }, { port: Number(values.port) });
  const { TWILIO_API_KEY: key, TWILIO_API_SECRET: secret } = process.env;
  if (key && secret) api.addKey({ sid: key, secret, accountSid: sid });
  if (values.seed) seedDemoAccount(api.account(sid));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void api.stop());
  process.stdout.write(`${JSON.stringify({ url: api.url })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `twilio-api: ${error instanceof Error ? error.message : String(error)} (see --help)\n`,
  );
  process.exitCode = 1;
});
