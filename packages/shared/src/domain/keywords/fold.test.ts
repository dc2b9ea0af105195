import fc from 'fast-check';
import { fold, foldedWords } from './fold';

describe('fold', () => {
  it.each([
    ['accents', 'arrêt', 'arret'],
    ['composed and decomposed letters', 'désabonner', 'de\u0301sabonner'],
    ['a mark behind an invisible character', 'e\u200d\u0301', 'é'],
    ['widths', 'ＳＴＯＰ', 'stop'],
    ['half-width katakana', 'ｽﾄｯﾌﾟ', 'ストップ'],
    ['sharp s', 'schließen', 'SCHLIESSEN'],
    ['capital sharp s', 'SCHLIEẞEN', 'schliessen'],
    ['dotless i', 'ıptal', 'İPTAL'],
    ['dotted capital i', 'İPTAL', 'iptal'],
    ['final sigma', 'ΤΕΛΟΣ', 'τέλος'],
    ['Arabic vowels, hamza and stretching', 'إِيقَاف', 'ايقـاف'],
    ['Hebrew points', 'הָסֵר', 'הסר'],
    ['Russian yo', 'ещё', 'еще'],
    ['spaces', 'opt\u00a0\u3000out', 'opt out'],
  ])('makes %s equal', (_, one, two) => {
    expect(fold(one)).toBe(fold(two));
  });

  it.each([
    ['dakuten', 'が', 'か'],
    ['handakuten', 'ぱ', 'は'],
    ['Cyrillic й', 'й', 'и'],
    ['Thai vowels', 'หยุด', 'หยด'],
    ['Devanagari vowels', 'रोको', 'रक'],
  ])('distinguishes %s, which make another letter', (_, one, two) => {
    expect(fold(one)).not.toBe(fold(two));
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });
});

describe('foldedWords', () => {
  it.each([
    ['«Opt-out»! 🛑', 'OPT OUT'],
    ['5️⃣ stop ™', 'STOP'],
    ['stop❤️', 'STOP'],
    ['🇪🇸 baja 👍🏽', 'BAJA'],
    ['', ''],
    ['🛑', ''],
  ])('of %p returns %p', (text, words) => {
    expect(foldedWords(text)).toBe(words);
  });
});
