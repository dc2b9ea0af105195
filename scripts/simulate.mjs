// npm run simulate: plays Twilio towards the system that runs here, or towards the one of the environment and .env.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { ROOT } from './lib/root.mjs';
import { runProgram } from './lib/run-program.mjs';
import { runningSystem } from './lib/running-system.mjs';

await bootstrap({ say: (line) => line.includes('npm ci') && console.error(line) });

const settings = join(ROOT, '.env');
if (existsSync(settings)) process.loadEnvFile(settings);
const { webhookUrl, account } = runningSystem(ROOT, 'webhookUrl') ?? {};
if (webhookUrl) process.env.INGEST_URL = new URL(webhookUrl).origin;
// A demo has an account of its own and no public URL, whatever .env says.
if (account) {
  process.env.TWILIO_ACCOUNT_SID = account.accountSid;
  process.env.TWILIO_AUTH_TOKEN = account.authToken;
  process.env.PUBLIC_URL = process.env.INGEST_URL;
}
runProgram(join(ROOT, 'packages/twilio-simulator/dist/main.js'));
