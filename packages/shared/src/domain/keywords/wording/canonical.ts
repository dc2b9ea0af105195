import { LONGEST_TEXT } from '../fold';

/** Abbreviations, misspellings and synonyms, mapped to the one spelling that rules use. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    you: ['u', 'ya', 'yall', 'yal'],
    your: ['ur', 'yours'],
    please: ['pls', 'plz', 'plse', 'pleas', 'pleeease', 'kindly'],
    stop: ['stp', 'sotp', 'stopp', 'stahp'],
    dont: ['dnt', 'donot', 'dotn'],
    text: ['txt'],
    texts: ['txts'],
    texting: ['txting', 'txtin', 'textin', 'texing'],
    message: ['msg', 'mesage'],
    messages: ['msgs', 'mesages'],
    messaging: ['msging', 'messagin', 'msgin'],
    sending: ['sendin', 'sendng'],
    unsubscribe: ['unsub', 'unsuscribe', 'unsubcribe'],
    thanks: ['thank', 'thx', 'tks', 'ty'],
    with: ['w', 'wit'],
    number: ['num', 'nbr', 'numbr'],
  }).flatMap(([spelling, variants]) => variants.map((variant) => [variant, spelling] as const)),
);

/** Phrases that are one word to the rules, replaced in this order. */
const PHRASES: readonly (readonly [string, string])[] = [
  ['thanks you', 'thanks'],
  ['thanks so much', 'thanks'],
  ['thanks very much', 'thanks'],
  ['do not', 'dont'],
  ['would like', 'want'],
  ['id like', 'i want'],
  ['wish', 'want'],
  ['want for', 'want'],
  ['phone number', 'number'],
  ['cell number', 'number'],
  ['mobile number', 'number'],
  ['telephone number', 'number'],
  ['text messages', 'texts'],
  ['text message', 'text'],
  ['text messaging', 'texting'],
  ['opt me out', 'opt out me'],
  ['opt us out', 'opt out me'],
  ['optout', 'opt out'],
];

/** The words between two punctuation marks. */
export interface Clause {
  readonly words: readonly string[];
  readonly question: boolean;
}

const APOSTROPHES = /['’‘`´ʼ]/g;
/** Quotations of somebody else. An opening mark without a closing one starts no quotation. */
const QUOTATIONS = /"[^"\n]*"|“[^“”\n]*”|«[^«»\n]*»/g;
const MAIL_SIGNATURE = /\n\s{0,9}(?:sent from|get outlook|--)/;
const CLAUSE = /([^.!?;:,\n–—…()]+)([.!?;:,\n–—…()]*)/g;
const WORD = /[\p{L}\p{N}]+/gu;

/** Splits a text into clauses of lower-case words in canonical spelling; quotations are left out. */
export function clauses(text: string): Clause[] {
  const plain = text
    .slice(0, LONGEST_TEXT)
    .normalize('NFKD')
    .replace(/\p{M}|\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replace(APOSTROPHES, '');
  const [withoutSignature = ''] = plain.split(MAIL_SIGNATURE, 1);
  const own = withoutSignature.replace(QUOTATIONS, ' , ');
  return [...own.matchAll(CLAUSE)]
    .map(([, text = '', mark = '']) => ({
      words: canonicalWords(text),
      question: mark.includes('?'),
    }))
    .filter(({ words }) => words.length > 0);
}

function canonicalWords(clause: string): string[] {
  const words = (clause.match(WORD) ?? []).map((word) => SPELLINGS.get(word) ?? word).join(' ');
  return PHRASES.reduce((text, [from, to]) => text.replaceAll(` ${from} `, ` ${to} `), ` ${words} `)
    .trim()
    .split(' ')
    .filter((word) => word !== '');
}
