import type { TwilioApiAccount } from '@optout-sync/shared/config';
import {
  CONSENTS_PER_CALL,
  CONSENT_CALLS_PER_MINUTE,
  Consents,
  TwilioApiError,
  type ConsentResult,
} from '@optout-sync/twilio-api';
import { Pacer } from '../pacer';
import type { Author } from '../audit/author';
import { overrideConsent, type Override } from '../overrides/override';
import type { Stores } from '../stores';
import type { PlannedItem } from './plan';

/** What became of an item. */
export interface PushedItem extends PlannedItem {
  /**
   * - `stored`: Twilio has it
   * - `refused`: Twilio does not take it
   * - `failed`: Twilio did not answer, or not as expected
   * - `skipped`: it is superseded
   */
  readonly twilio: 'stored' | 'refused' | 'failed' | 'skipped';
  /** Whether the opt-out was enqueued for the ledger. */
  readonly enqueued: boolean;
  /** Twilio's error code, such as 30646, or ours. */
  readonly errorCode?: number | string;
  readonly messages?: readonly string[];
}

interface PushOptions {
  readonly account: TwilioApiAccount;
  /** The base URL of Twilio's REST API. */
  readonly apiUrl: string;
  readonly source: 'website' | 'offline' | 'others';
  readonly author: Author;
  /** `customerio` for opt-outs that were set by hand there. */
  readonly reason?: Override['reason'];
  /** Ends the push between two calls. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stores opt-outs in the ledger and at Twilio, 25 a call, at most 100 calls a minute. The ledger is first: an opt-out that Twilio does
 * not take is obeyed all the same. Safe to repeat.
 *
 * @returns what became of each, call by call; it ends early after a call that failed, or when the signal is aborted
 */
export async function* pushConsents(
  stores: Pick<Stores, 'queues' | 'audit' | 'ledger'>,
  planned: readonly PlannedItem[],
  { account, apiUrl, source, author, reason, signal }: PushOptions,
): AsyncGenerator<readonly PushedItem[]> {
  const pacer = new Pacer(CONSENT_CALLS_PER_MINUTE / 60);
  const consents = new Consents({ account, apiUrl, beforeRequest: () => pacer.turn() });
  yield planned.filter(({ action }) => action === 'superseded').map(skipped);
  const rest = planned.filter(({ action }) => action !== 'superseded');
  for (let i = 0; i < rest.length && !signal?.aborted; i += CONSENTS_PER_CALL) {
    const part = rest.slice(i, i + CONSENTS_PER_CALL);
    for (const item of part) {
      if (item.action === 'push') await enqueue(stores, item, { accountSid: account.sid, reason, ...author });
    }
    const results = await consents
      .write(
        part.map(({ phone, sender, at }) => ({
          phone,
          sender,
          status: 'opt-out',
          source,
          ...(at !== undefined && { at }),
        })),
      )
      .catch((error: unknown) => {
        if (error instanceof TwilioApiError) return error;
        throw error;
      });
    yield part.map((item, n) => pushed(item, results instanceof TwilioApiError ? results : results[n]));
    if (results instanceof TwilioApiError) return;
  }
}

async function enqueue(
  stores: Pick<Stores, 'queues' | 'audit' | 'ledger'>,
  { phone, sender }: PlannedItem,
  rest: Pick<Override, 'accountSid' | 'reason' | 'by' | 'why'>,
): Promise<void> {
  await overrideConsent(stores, { channel: 'sms', phone, sender, state: 'stopped', ...rest });
}

const skipped = (item: PlannedItem): PushedItem => ({ ...item, twilio: 'skipped', enqueued: false });

function pushed(item: PlannedItem, result: ConsentResult | TwilioApiError | undefined): PushedItem {
  const enqueued = item.action === 'push';
  if (result instanceof TwilioApiError) {
    return { ...item, twilio: 'failed', enqueued, errorCode: result.code, messages: [result.message] };
  }
  if (result?.kind === 'stored') return { ...item, twilio: 'stored', enqueued };
  const { errorCode = 0, messages = [] } = result ?? {};
  return { ...item, twilio: 'refused', enqueued, errorCode, messages };
}
