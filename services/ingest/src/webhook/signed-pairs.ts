import { createHash } from 'node:crypto';
import type { Params } from './request';

/*
 * Twilio signs the names and values of a form without delimiters (https://www.twilio.com/docs/usage/security): `Body=hi` and
 * `From=+1...` are signed as `BodyhiFrom+1...`. So whoever sees a signature, and chose a part of the text, may send the same
 * text in other pairs. What gives that away is a second beginning of a pair that a message has only once.
 */

const SID = '[A-Z]{2}[0-9a-f]{32}';
const ADDRESS = '\\s*(?:(?:sms|mms|rcs|whatsapp|messenger)(?::|%3A)|(?:\\+|%2B|\\s)\\s*[1-9]\\d{6})';

/** The parameters that say who a message is from, what it means and which message it is, with what their values begin with. */
const VALUES: Readonly<Record<string, string>> = {
  AccountSid: SID,
  ExternalUserId: '[A-Z]{2}\\.\\w',
  From: ADDRESS,
  MessageSid: SID,
  MessagingServiceSid: SID,
  OptOutType: '\\s*(?:STOP|START|HELP)',
  SmsSid: SID,
  To: ADDRESS,
};
/** In calls of the Studio route, whose parameters may begin with a small letter. */
const STUDIO_VALUES: typeof VALUES = { ...VALUES, Kind: '\\s*(?:STOP|START|HELP)' };

/** Finds names; their case counts, since a parameter of another case is another one. */
const NAMES = new RegExp(Object.keys(VALUES).join('|'), 'g');
const STUDIO_NAMES = new RegExp(
  Object.keys(STUDIO_VALUES)
    .map((name) => `[${name.charAt(0)}${name.charAt(0).toLowerCase()}]${name.slice(1)}`)
    .join('|'),
  'g',
);

const startsBehind = (delimiter: string): ReadonlyMap<string, RegExp> =>
  new Map(
    Object.entries(STUDIO_VALUES).map(([name, value]) => [name, new RegExp(`${delimiter}${value}`, 'iy')]),
  );
const GLUED = startsBehind('');
/** What Twilio signed in the query of a GET has equals signs. */
const DELIMITED = startsBehind('=?');

/**
 * Whether the signed text of a form may be that of another message: it has the beginning of a pair, such as `From+1415555...`,
 * where this form has no parameter of that name, or `From` with any value between the sender and the id of the message.
 *
 * @param query of the URL that the form was posted to; it is signed in front of the parameters
 * @param isStudio whether names may begin with a small letter
 */
export function isAmbiguous(params: Params, query: string, isStudio = false): boolean {
  const { text, nameEnds } = signedText(params);
  const names = isStudio ? STUDIO_NAMES : NAMES;
  return (
    hasPair(text, names, DELIMITED, (end) => !nameEnds.has(end)) ||
    hasPair(query, names, GLUED, () => true) ||
    (!isStudio && hasSecondFrom(params))
  );
}

/** `FromCity` and others that say more of the sender, also such as Twilio may add. */
const OF_SENDER = /^From[A-Z][A-Za-z]*$/;

/**
 * Whether `From` is in a parameter that is signed between From and MessageSid. There the real sender of a re-split text must
 * be, where its MessageSid is the real one; and a sender need not be a phone number: a short code, a SIP address. Twilio's
 * own parameters there are places and media.
 */
function hasSecondFrom(params: Params): boolean {
  return Object.entries(params).some(
    ([name, value = '']) =>
      name > 'From' &&
      name < 'MessageSid' &&
      ((name.includes('From') && !OF_SENDER.test(name)) ||
        [value].flat().some((text) => text.includes('From'))),
  );
}

/** Whether the text has the beginning of a pair whose name ends at a position that `counts`. */
function hasPair(
  text: string,
  names: RegExp,
  starts: typeof GLUED,
  counts: (end: number) => boolean,
): boolean {
  for (const { 0: name, index } of text.matchAll(names)) {
    const end = index + name.length;
    const start = starts.get(name.charAt(0).toUpperCase() + name.slice(1));
    if (!start || !counts(end)) continue;
    start.lastIndex = end;
    if (start.test(text)) return true;
  }
  return false;
}

/** The parameters as Twilio signs them, and where their names end. */
function signedText(params: Params): { readonly text: string; readonly nameEnds: ReadonlySet<number> } {
  let text = '';
  const nameEnds = new Set<number>();
  for (const name of Object.keys(params).sort()) {
    const given = params[name] ?? '';
    // Almost every name is there once; the set and the sorting of each would cost 4 % of a message.
    for (const value of typeof given === 'string' ? [given] : new Set([...given].sort())) {
      text += name;
      nameEnds.add(text.length);
      text += value;
    }
  }
  return { text, nameEnds };
}

/** The same for all forms that one signature is valid for, whatever pairs they split the signed text into. */
export function signedDigest(params: Params): string {
  return createHash('sha256').update(signedText(params).text).digest('hex').slice(0, 32);
}

/** Whether the SIDs of a message, which Twilio sends under three names, are not all the same. */
export function sidsDisagree({ MessageSid, SmsSid, SmsMessageSid }: Params): boolean {
  const present = [MessageSid, SmsSid, SmsMessageSid].filter((sid) => sid !== undefined && sid !== '');
  return new Set(present.map(String)).size > 1;
}
