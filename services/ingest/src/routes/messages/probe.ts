import {
  PROBE_HEADER,
  PROBE_PARAMETER,
  PROBE_VALID_MS,
  probeSentAt,
  proofOf,
} from '@optout-sync/shared/domain';
import { knownAccount, type Accounts } from '../../webhook/account';
import { TWIML } from '../../webhook/answers';
import type { Form } from '../../webhook/form';
import type { WebhookAnswer } from '../../webhook/request';
import { WebhookError } from '../../webhook/webhook-error';

/**
 * Answers a probe of `optout-sync doctor` with its proof; `undefined` for anything else. The form is authenticated already. One that
 * names a message is never a probe, so that no message can be made one.
 *
 * @throws {WebhookError} `probe_expired` for one that was not sent just now
 */
export function answerProbe({ params }: Form, accounts: Accounts, now: number): WebhookAnswer | undefined {
  const probe = params[PROBE_PARAMETER];
  const sentAt = typeof probe === 'string' ? probeSentAt(probe) : undefined;
  if (typeof probe !== 'string' || sentAt === undefined || params.MessageSid !== undefined) return undefined;
  if (Math.abs(now - sentAt) > PROBE_VALID_MS) throw new WebhookError('probe_expired');
  const [token = ''] = knownAccount(params.AccountSid, accounts).tokens;
  return { ...TWIML, headers: { ...TWIML.headers, [PROBE_HEADER]: proofOf(probe, token) } };
}
