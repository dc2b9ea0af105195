import type { Routes } from '@optout-sync/shared/config';
import { LINK_PATH, type Channel } from '@optout-sync/shared/domain';
import { sealLink, type Link } from '@optout-sync/shared/links';
import { overrideTarget } from '../accounts';
import { OperationError } from '../operation-error';
import { parsePerson, parseSenderTo, type Person } from '../optouts/subject';

/** What one-click links are made with. */
export interface LinkSettings {
  readonly routes: Routes;
  /** The present key first; see `readLinkKeys`. */
  readonly keys: readonly Buffer[];
  readonly publicUrl: string | undefined;
}

/** What the links of one command have in common. */
export interface LinkTerms {
  readonly account?: string | undefined;
  readonly brand?: string | undefined;
  /** How long they work, in ms; undefined for ever. */
  readonly validMs?: number | undefined;
}

/** A one-click link as an operator asks for it. */
interface LinkRequest extends LinkTerms {
  readonly phone: string;
  readonly channel?: Channel | undefined;
  readonly sender?: string | undefined;
}

export interface CreatedLink {
  readonly url: string;
  readonly link: Link;
  readonly workspace: string;
}

/** A name is for a sentence of the page, and makes the link longer. */
const LONGEST_BRAND = 60;

/**
 * Makes a link to the page that opts a person out. It is stored nowhere, and changes nothing.
 *
 * @param now in ms since 1970
 * @throws {OperationError} what `linkMaker`, `parsePerson` and `parseSenderTo` throw, `sender_missing`
 */
export function createLink(settings: LinkSettings, request: LinkRequest, now: number): CreatedLink {
  const { make, onlyService } = linkMaker(settings, request, now);
  const person = parsePerson(request.phone, request.channel);
  const sender = request.sender ?? onlyService;
  if (sender === undefined) {
    throw new OperationError(
      'sender_missing',
      'give --sender: the Messaging Service or number that the link opts out of',
    );
  }
  return make(person, parseSenderTo(person, sender));
}

/**
 * Returns what makes the links of one command, each for a person and the sender that the person is opted out of, and the account's only
 * Messaging Service, if one is configured.
 *
 * @param now in ms since 1970
 * @throws {OperationError} `link_key_missing`, `public_url_missing`, `brand_invalid`, and what `overrideTarget` throws
 */
export function linkMaker(
  { routes, keys, publicUrl }: LinkSettings,
  { account, brand: given = '', validMs }: LinkTerms,
  now: number,
): {
  readonly make: (person: Person, sender: string) => CreatedLink;
  readonly onlyService: string | undefined;
} {
  const [key] = keys;
  if (!key)
    throw new OperationError(
      'link_key_missing',
      'LINK_KEY is not set: it seals the link, and ingest opens it',
    );
  if (publicUrl === undefined) {
    throw new OperationError('public_url_missing', 'PUBLIC_URL is not set: the link begins with it');
  }
  const { accountSid } = overrideTarget(routes, account, undefined);
  const brand = given.trim();
  if (brand.length > LONGEST_BRAND) {
    throw new OperationError(
      'brand_invalid',
      `the brand may have at most ${String(LONGEST_BRAND)} characters`,
    );
  }
  const expiresAt = validMs === undefined ? undefined : now + validMs;
  return {
    make(person, sender) {
      const link: Link = { accountSid, ...person, sender, brand, issuedAt: now, expiresAt };
      const { workspace } = overrideTarget(routes, accountSid, sender);
      return { url: linkUrl(publicUrl, sealLink(link, key)), link, workspace };
    },
    onlyService: onlyService(routes, accountSid),
  };
}

/** Without the user and password of PUBLIC_URL, which are for Twilio alone. */
function linkUrl(publicUrl: string, token: string): string {
  const url = new URL(publicUrl + LINK_PATH + token);
  url.username = '';
  url.password = '';
  return url.href;
}

function onlyService({ accounts }: Routes, accountSid: string): string | undefined {
  const [only, ...others] = Object.keys(accounts.find(({ sid }) => sid === accountSid)?.services ?? {});
  return others.length === 0 ? only : undefined;
}
