import fc from 'fast-check';
import { ownText } from './own-text';
import { textAfterReaction } from './reactions';
import { classifierOf } from './test-support/classifier';

const contains = classifierOf({
  match: 'contains',
  languages: { es: 'default', fr: 'default', de: 'default', pt: 'default', ja: 'default' },
});

/** As iPhones and Google Messages send them, in the languages that have a ready-made list. */
const REACTIONS = [
  'Liked “Reply STOP to end”',
  'Loved "Reply STOP to end"',
  'Disliked “Reply STOP to end”',
  'Laughed at “Reply STOP to end”',
  'Emphasized “Reply STOP to end”',
  'Questioned “Reply STOP to end”',
  'Reacted 👍 to “Reply STOP to end”',
  'Reacted with a sticker to “Reply STOP to end”',
  'Removed a like from “Reply STOP to end”',
  'Removed an exclamation mark from “Reply STOP to end”',
  'Removed 👍🏽 from “Reply STOP to end”',
  '👍 to “Reply STOP to end”',
  '\u200a\u200b❤️\u200b to “\u200aReply STOP to end\u200a”',
  'Le gustó “Responde ALTO para cancelar”',
  'No le gustó “Responde ALTO”',
  'Le encantó “Responde ALTO”',
  'Le dio risa “Responde ALTO”',
  'Exclamó por “Responde ALTO”',
  'Reaccionó con 😂 a “Responde ALTO”',
  'Eliminó un Me gusta de “Responde ALTO”',
  'A aimé « Répondez ARRÊT »',
  'A adoré « Répondez ARRÊT »',
  'N’a pas aimé « Répondez ARRÊT »',
  'A ri de « Répondez ARRÊT »',
  'A mis en évidence « Répondez ARRÊT »',
  'A posé une question sur « Répondez ARRÊT »',
  'A réagi avec 😂 à « Répondez ARRÊT »',
  'A retiré un J’aime de « Répondez ARRÊT »',
  '👍 à « Répondez ARRÊT »',
  'Gefällt „Antworte STOPP zum Abmelden“',
  'Liebt „Antworte STOPP“',
  'Lacht über „Antworte STOPP“',
  'Hat mit 👍 auf „Antworte STOPP“ reagiert',
  '👍 zu „Antworte STOPP“',
  'Gostou de “Responda SAIR”',
  'Não gostou de “Responda SAIR”',
  'Amou “Responda SAIR”',
  'Riu de “Responda SAIR”',
  'Reagiu com 👍 a “Responda SAIR”',
  'Removeu um coração de “Responda SAIR”',
  '「停止と返信」に「いいね」しました',
  '“配信停止は停止と返信”を強調しました',
];

describe('match: contains', () => {
  it.each(REACTIONS)('ignores the reaction %p', (body) => {
    expect(textAfterReaction(body)).toBe(body.endsWith('reagiert') ? ' reagiert' : '');
    expect(contains(body)).toEqual({ kind: 'none' });
  });

  it.each([
    ['cut off', 'Liked “Reply STOP to unsubscribe from…'],
    ['with quotation marks within', 'Liked "Reply "STOP" to end"'],
    ['with an apostrophe within', 'Liked “Don’t worry: reply STOP”'],
  ])('ignores a reaction to a message that is %s', (_, body) => {
    expect(contains(body)).toEqual({ kind: 'none' });
  });

  it.each([
    'what does "STOP" mean?',
    'It says “Reply STOP to end” but I like your texts',
    'Was heißt „STOPP“ hier',
    'Was heißt »STOPP« hier',
    'que veut dire « ARRÊT » ici',
    '「停止」とは何ですか',
    '> Reply STOP to end\nsee you tomorrow',
    'er schrieb „Antworte «STOPP» zum Abmelden“ dazu',
  ])('ignores the quotation in %p', (body) => {
    expect(contains(body)).toEqual({ kind: 'none' });
  });

  it.each([
    ['the whole message', '"STOP"', 'STOP'],
    ['the whole message', '«stop»', 'STOP'],
    ['after a quotation', 'It says “reply to end”. So STOP', 'STOP'],
    ['after a reaction', 'Liked “Reply STOP to end” cancel', 'CANCEL'],
    ['after a quoted line', '> Reply STOP to end\nunsubscribe', 'UNSUBSCRIBE'],
    ['with an inch mark', 'the 5" one, stop', 'STOP'],
    ['after a word that begins a reaction too', 'liked it, now stop', 'STOP'],
    ['after an emoji', '👍 stop', 'STOP'],
  ])('finds an opt-out that is %s: %p', (_, body, keyword) => {
    expect(contains(body)).toEqual({ kind: 'stop', keyword });
  });

  it('never throws and only removes text, for any text', () => {
    const texts = fc.array(
      fc.constantFrom('"', '“', '”', '„', '«', '»', '>', '\n', 'Liked', 'stop', ' ', '👍', 'a'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          texts.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const letters = (of: string): number => (of.match(/\p{L}/gu) ?? []).length;
          expect(letters(ownText(text).normalize('NFC'))).toBeLessThanOrEqual(letters(text.normalize('NFD')));
        },
      ),
    );
  });

  it('takes time in proportion to the length of a text', () => {
    for (const part of ['Liked “', '"', '>', '👍 a ', 'removed a ', '「に', 'reacted with ']) {
      expect(contains(part.repeat(600))).toEqual({ kind: 'none' });
    }
  });
});

describe('wording', () => {
  it('is not read from a reaction', () => {
    const flagged = classifierOf({ wording: 'flag' });
    expect(flagged('Liked "they wrote "stop texting me" today"')).toEqual({ kind: 'none' });
    expect(flagged('Liked “Hello”. Please stop texting me')).toMatchObject({ kind: 'review' });
  });
});
