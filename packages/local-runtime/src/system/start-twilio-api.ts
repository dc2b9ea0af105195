import type { Demo } from '../config/plan';
import { PROGRAMS } from '../config/folders';
import { spawnService, type ServiceProcess } from '../process/spawn-service';
import { announcementOf } from './announcement';

interface RunningTwilioApi {
  readonly service: ServiceProcess;
  readonly url: string;
  /** Where the services find it. */
  readonly env: Readonly<Record<string, string>>;
  /** The variables by which commands read and set up the accounts, whose webhooks go to an ingest at these URLs. */
  envFor(ingest: { readonly webhook: string; readonly admin: string }): Readonly<Record<string, string>>;
}

/** Starts the imitation of Twilio's REST APIs, for the commands that read and set up an account and the worker that reads its log, in its own process. */
export async function startTwilioApi(
  { account: { accountSid, authToken, apiKey, linkKey }, madeToken }: Demo,
  onLog: (line: string) => void,
): Promise<RunningTwilioApi> {
  const service = await spawnService({
    name: 'twilio-api',
    entry: PROGRAMS.twilioApi,
    args: ['--seed'],
    env: {
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_API_KEY: apiKey.sid,
      TWILIO_API_SECRET: apiKey.secret,
    },
    onLog,
  });
  const { url } = (await announcementOf(service, "the imitation of Twilio's APIs")) as { url: string };
  return {
    service,
    url,
    env: { TWILIO_API_URL: url },
    envFor: ({ webhook, admin }) => ({
      ...madeToken,
      LINK_KEY: linkKey,
      TWILIO_API_URL: url,
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      PUBLIC_URL: new URL(webhook).origin,
      INGEST_ADMIN_PORT: new URL(admin).port,
    }),
  };
}
