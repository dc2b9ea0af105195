/*
 * Reactions of iPhones (tapbacks) and of Google Messages, which reach a sender without iMessage or RCS as text: a verb or an
 * emoji and the message that it is about, in quotation marks. The forms below are those of the languages that have a ready-made
 * keyword list. They are compared without case, accents and invisible characters.
 */

const EMOJI = String.raw`(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u20e3|[#*\d](?=\u20e3))+`;
/** "a like", "an exclamation mark". */
const SOME = String.raw`\S+(?: \S+){0,4}`;

const BEFORE_QUOTATION = [
  // English
  `(?:loved|liked|disliked|laughed at|emphasi[sz]ed|questioned|reacted to)`,
  `reacted(?: with)? (?:${EMOJI}|${SOME}) to`,
  `removed (?:${EMOJI}|${SOME}) from`,
  `${EMOJI} (?:to|from)`,
  // Spanish
  `(?:le encanto|(?:no )?le gusto|le dio (?:risa|gracia)|se rio de|exclamo por|enfatizo|destaco|dudo sobre|cuestiono|pregunto por)`,
  `reacciono(?: con (?:${EMOJI}|${SOME}))? a`,
  `(?:quito|elimino|retiro|borro) (?:${EMOJI}|${SOME}) (?:de|a)`,
  // French; "a" is also the preposition of the Spanish and Portuguese emoji form
  `a (?:adore|aime|ri de|souligne|mis en evidence|insiste sur|pose une question sur)`,
  `na pas aime`,
  `sest interroge(?:\\(e\\)|e)? sur`,
  `a reagi(?: (?:avec|par) (?:${EMOJI}|${SOME}))? a`,
  `a ajoute (?:${EMOJI}|${SOME}) a`,
  `a (?:retire|supprime) (?:${EMOJI}|${SOME}) (?:de|a)`,
  `${EMOJI} (?:a|de|para|em)`,
  // German
  `(?:gefallt(?: nicht)?|mag(?: nicht)?|liebt|geliebt|lacht uber|lachte uber|betont|betonte|hervorgehoben|fragt zu|hinterfragt|hat)`,
  `(?:reagiert|reagierte|hat) mit (?:${EMOJI}|${SOME}) (?:auf|zu)`,
  `(?:hat )?(?:${EMOJI}|${SOME}) (?:von|bei) .{0,20}entfernt:?`,
  `${EMOJI} (?:auf|zu|fur)`,
  // Portuguese
  `(?:amou|adorou|(?:nao )?gostou de|(?:nao )?curtiu|riu de|deu risada de|enfatizou|destacou|questionou)`,
  `reagiu(?: com (?:${EMOJI}|${SOME}))? a`,
  `removeu (?:${EMOJI}|${SOME}) de`,
];
/** Japanese names the message first. */
const AFTER_QUOTATION = String.raw`(?:に|を|へ|から|の).{0,40}(?:しました|ました|リアクション)[。!！]?`;

const CLOSER_OF: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '„': '“”',
  '«': '»',
  '‹': '›',
  '「': '」',
  '『': '』',
  '＂': '＂',
};
const OPENERS = Object.keys(CLOSER_OF).join('');
const CLOSERS = Object.values(CLOSER_OF).join('');
const REACTION = new RegExp(`^(?:${BEFORE_QUOTATION.join('|')}):? ?([${OPENERS}'‘])`, 'u');
const JAPANESE_REACTION = new RegExp(`^[${OPENERS}][^]*[${CLOSERS}]${AFTER_QUOTATION}$`, 'u');

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const LATIN_MARKS = /(?<=\p{Script=Latin})\p{M}+/gu;

/**
 * Returns what follows the quoted message of a reaction, '' in most cases; `undefined` for a text that is no reaction.
 * A quotation that was cut off reaches to the end.
 */
export function textAfterReaction(text: string): string | undefined {
  const plain = comparable(text);
  if (JAPANESE_REACTION.test(plain)) return '';
  const opener = REACTION.exec(plain);
  if (!opener) return undefined;
  const start = opener[0].length;
  const closers = CLOSER_OF[opener[1] ?? ''] ?? '';
  const end = Math.max(-1, ...Array.from(closers, (closer) => plain.lastIndexOf(closer)));
  return end < start ? '' : plain.slice(end + 1);
}

function comparable(text: string): string {
  return text
    .normalize('NFD')
    .replace(INVISIBLE, '')
    .replace(LATIN_MARKS, '')
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, '')
    .replace(/\s+/gu, ' ')
    .toLowerCase()
    .trim();
}
