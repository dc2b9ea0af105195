import type { Routes } from '@optout-sync/shared/config';
import { LINK_PATH, type Channel } from '@optout-sync/shared/domain';
import { sealLink, type Link } from '@optout-sync/shared/links';
import { overrideTarget } from '../accounts';
import { OperationError } from '../operation-error';
import { parsePerson, parseSenderTo } from '../optouts/subject';

/** What one-click links are made with. */
interface LinkSettings {
  readonly routes: Routes;
  /** The present key first; see `readLinkKeys`. */
  readonly keys: readonly Buffer[];
  readonly publicUrl: string | undefined;
}

/** A one-click link as an operator asks for it. */
interface LinkRequest {
  readonly phone: string;
  readonly channel?: Channel | undefined;
  readonly sender?: string | undefined;
  readonly account?: string | undefined;
  readonly brand?: string | undefined;
  /** How long it works, in ms; undefined for ever. */
  readonly validMs?: number | undefined;
}

/** A name is for a sentence of the page, and makes the link longer. */
const LONGEST_BRAND = 60;

/**
 * Makes a link to the page that opts a person out. It is stored nowhere, and changes nothing.
 *
 * @param now in ms since 1970
 * @throws {OperationError} `link_key_missing`, `public_url_missing`, and what `parsePerson`, `parseSenderTo` and `overrideTarget` throw
 */
export function createLink(
  { routes, keys, publicUrl }: LinkSettings,
  request: LinkRequest,
  now: number,
): { readonly url: string; readonly link: Link; readonly workspace: string } {
  const [key] = keys;
  if (!key)
    throw new OperationError(
      'link_key_missing',
      'LINK_KEY is not set: it seals the link, and ingest opens it',
    );
  if (publicUrl === undefined) {
    throw new OperationError('public_url_missing', 'PUBLIC_URL is not set: the link begins with it');
  }
  const { accountSid } = overrideTarget(routes, request.account, undefined);
  const person = parsePerson(request.phone, request.channel);
  const sender = parseSenderTo(person, request.sender ?? onlyService(routes, accountSid));
  const { workspace } = overrideTarget(routes, accountSid, sender);
  const brand = request.brand?.trim() ?? '';
  if (brand.length > LONGEST_BRAND) {
    throw new OperationError(
      'brand_invalid',
      `the brand may have at most ${String(LONGEST_BRAND)} characters`,
    );
  }
  const expiresAt = request.validMs === undefined ? undefined : now + request.validMs;
  const link: Link = { accountSid, ...person, sender, brand, issuedAt: now, expiresAt };
  return { url: linkUrl(publicUrl, sealLink(link, key)), link, workspace };
}

/** Without the user and password of PUBLIC_URL, which are for Twilio alone. */
function linkUrl(publicUrl: string, token: string): string {
  const url = new URL(publicUrl + LINK_PATH + token);
  url.username = '';
  url.password = '';
  return url.href;
}

/** @throws {OperationError} `sender_missing` unless one Messaging Service of the account is configured */
function onlyService({ accounts }: Routes, accountSid: string): string {
  const services = Object.keys(accounts.find(({ sid }) => sid === accountSid)?.services ?? {});
  const [only, ...others] = services;
  if (only !== undefined && others.length === 0) return only;
  throw new OperationError(
    'sender_missing',
    'give --sender: the Messaging Service or number that the link opts out of',
  );
}
