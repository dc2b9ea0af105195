// npm run simulate: sends what Twilio sends to the system that runs here, or to the one that the environment or .env names.
import { loadEnvFile } from '../config/env-file';
import { FOLDERS, PROGRAMS } from '../config/folders';
import { runMain } from '../process/run-main';
import { runningSystem } from '../system/run-record';

loadEnvFile();
const { webhookUrl, account } = runningSystem(FOLDERS.run, 'webhookUrl') ?? {};
if (webhookUrl) process.env.INGEST_URL = new URL(webhookUrl).origin;
// A demo has its own account and no public URL, whatever .env holds.
if (account) {
  process.env.TWILIO_ACCOUNT_SID = account.accountSid;
  process.env.TWILIO_AUTH_TOKEN = account.authToken;
  process.env.PUBLIC_URL = process.env.INGEST_URL;
}
runMain(PROGRAMS.simulator);
