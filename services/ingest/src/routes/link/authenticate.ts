import { openLink, type Link } from '@optout-sync/shared/links';
import { createRateLimit } from '../../webhook/rate-limit';
import type { WebhookRequest } from '../../webhook/request';
import { SIZE_LIMIT_BYTES, checkMethod, checkSize } from '../../webhook/request-checks';
import { WebhookError } from '../../webhook/webhook-error';

export interface LinkKeys {
  /** Any of them opens a link. Without any, the route is off. */
  readonly linkKeys: readonly Buffer[];
}

/** A link that was opened. */
export interface Visit {
  readonly link: Link;
  /** A POST: the person, or the mail program for them, pressed the button. Nothing else changes anything. */
  readonly confirmed: boolean;
}

/** Links that do not work, in a minute, from one address. Links that work are not limited by address: many people may share one. */
const BROKEN_PER_ADDRESS = 30;
/** Confirmations of one link in a minute. */
const CONFIRMATIONS_PER_LINK = 10;

/**
 * Returns a function that authenticates a visit: the token in the path is the proof. The order of the checks is part of the contract.
 *
 * A GET and a HEAD change nothing, since programs that scan mails follow every link. The body of a POST is not looked at: it is that of
 * the page's form, or `List-Unsubscribe=One-Click` (RFC 8058, 3.1).
 *
 * @param now returns ms since 1970
 */
export function createLinkAuthentication(
  { linkKeys }: LinkKeys,
  now: () => number,
): (request: WebhookRequest) => Promise<Visit> {
  const spendBroken = createRateLimit(BROKEN_PER_ADDRESS);
  const spendConfirmation = createRateLimit(CONFIRMATIONS_PER_LINK);
  return async (request) => {
    checkMethod(request, ['GET', 'HEAD', 'POST']);
    const token = tokenOf(request.url);
    const link = openLink(token, linkKeys);
    if (!link) {
      await spendBroken(request.clientAddress);
      throw new WebhookError('link_invalid');
    }
    if (link.expiresAt !== undefined && link.expiresAt <= now()) throw new WebhookError('link_expired');
    const confirmed = request.method === 'POST';
    if (confirmed) {
      checkSize(request, SIZE_LIMIT_BYTES);
      await request.readBody(SIZE_LIMIT_BYTES);
      await spendConfirmation(token);
    }
    return { link, confirmed };
  };
}

/**
 * The last part of the path, without slashes behind it and the query that a mail program may add. In one pass, by no pattern: the URL is
 * anybody's, and one of slashes alone must not keep the event loop.
 */
function tokenOf(url: string): string {
  const parts = (url.split(/[?#]/, 1)[0] ?? '').split('/');
  return parts.findLast((part) => part !== '') ?? '';
}
