import { startCustomerIoSandbox, type SandboxWorkspace } from '@optout-sync/customerio-sandbox';
import type { Env } from '@optout-sync/shared/config';
import {
  TWILIO_ACCOUNT_SID as SID,
  TWILIO_MESSAGING_SERVICE_SID as SERVICE,
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  type LoggedMessage,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';

const TOKEN = '0123456789abcdef0123456789abcdef';
const DAY = 86_400_000;
const OTHER_SENDER = '+15005550009';

export interface AssessSystem {
  readonly env: Env;
  readonly api: TwilioApi;
  readonly workspace: SandboxWorkspace;
  /** Puts somebody on Customer.io's own opt-out list. */
  readonly putOnList: (cioId: string, from: string) => Promise<void>;
  stop(): Promise<void>;
}

/** Twilio's API and Customer.io with nothing in them, and the environment of somebody who evaluates: two keys and no Redis. */
export async function startAssessSystem(): Promise<AssessSystem> {
  const api = await startTwilioApi({ [SID]: TOKEN });
  const sandbox = await startCustomerIoSandbox({ appRps: 0, optOutDelayMs: 0 });
  const workspace = sandbox.workspace();
  return {
    api,
    workspace,
    env: {
      TWILIO_ACCOUNT_SID: SID,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_URL: api.url,
      CUSTOMERIO_APP_API_KEY: workspace.appApiKey,
      CUSTOMERIO_APP_URL: sandbox.appUrl,
    },
    async putOnList(cioId, from) {
      const response = await fetch(`${sandbox.appUrl}/v1/customers/${cioId}/optouts?id_type=cio_id`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${workspace.appApiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ optouts: [{ from, optout: true, channel: 'sms' }] }),
      });
      if (response.status !== 204) throw new Error(`the list answered ${String(response.status)}`);
    },
    async stop() {
      await api.stop();
      await sandbox.stop();
    },
  };
}

/** The span of `seedHistory`. */
export const HISTORY = { since: '2025-09-01', until: '2025-11-30' } as const;
const SINCE = Date.parse(HISTORY.since);

const PEOPLE = 1_200;
const STOPS = 96;
const CAMPAIGN_DAYS = [2, 24, 47, 70] as const;

/**
 * Ninety days of a shop with four campaigns to 1,200 people, of whom 8 % say STOP; what usually goes wrong goes wrong. It is the same
 * every time: docs/assess.md and the README show what `assess` says of it.
 */
export async function seedHistory(system: AssessSystem): Promise<void> {
  const { api, workspace } = system;
  for (const day of CAMPAIGN_DAYS) {
    for (let n = 0; n < PEOPLE; n++) api.log(...campaignMessage(n, day + n / 14_400));
  }
  for (let n = 0; n < STOPS; n++) await seedOptOut(system, n);
  for (let n = 0; n < WORDS.length; n++) {
    api.log(inbound(phoneOf(200 + n), WORDS[n] ?? '', 25 + n));
    workspace.addPerson({ attributes: { phone: phoneOf(200 + n) } });
  }
  for (let n = 0; n < 9; n++) {
    const phone = phoneOf(220 + n);
    api.log(inbound(phone, 'STOP', 12 + n), inbound(phone, 'Start', 30 + n));
    workspace.addPerson({ attributes: { phone, sms_unsubscribe: n % 3 === 0 } });
  }
}

const WORDS = [
  ...['please stop texting me', 'take me off your list', 'No more texts please', 'remove me from this list'],
  ...['I want to opt out of this', "don't text me again", 'stop messaging me!!'],
];

const stopDay = (n: number): number => 3 + ((n * 7) % 85);
const hasProfile = (n: number): boolean => n % 9 !== 4;
const isStillSubscribed = (n: number): boolean => hasProfile(n) && n % 4 === 2;

/** A campaign goes to who is subscribed; Twilio blocks what goes to who said STOP to the same service. */
function campaignMessage(n: number, day: number): LoggedMessage[] {
  if (n >= STOPS || stopDay(n) > day) return [sent(phoneOf(n), day)];
  return isStillSubscribed(n) ? [loggedBlocked(at(day), { to: phoneOf(n) })] : [];
}

async function seedOptOut({ api, workspace, putOnList }: AssessSystem, n: number): Promise<void> {
  const phone = phoneOf(n);
  api.log(inbound(phone, ['STOP', 'Stop', 'UNSUBSCRIBE', 'stop.'][n % 4] ?? 'STOP', stopDay(n)));
  if (n % 12 === 7) {
    const other = { from: OTHER_SENDER, messaging_service_sid: null };
    for (let times = 0; times <= n % 5; times++) api.log(sent(phone, stopDay(n) + 1.5 + times, other));
  }
  if (!hasProfile(n)) return;
  const optedOut = !isStillSubscribed(n);
  const cioId = workspace.addPerson({ attributes: { phone, sms_unsubscribe: optedOut } });
  if (n % 20 === 3) workspace.addPerson({ attributes: { phone } });
  if (optedOut && n % 5 !== 0) await putOnList(cioId, SERVICE);
}

const phoneOf = (n: number): string => `+1415555${String(1_000 + n)}`;
const at = (day: number): Date => new Date(SINCE + day * DAY);
const inbound = (from: string, body: string, day: number): LoggedMessage =>
  loggedInbound(at(day), { from, body });
const sent = (to: string, day: number, more: LoggedMessage = {}): LoggedMessage =>
  loggedInbound(at(day), {
    direction: 'outbound-api',
    from: '+15005550006',
    to,
    body: 'Sale!',
    status: 'delivered',
    ...more,
  });
