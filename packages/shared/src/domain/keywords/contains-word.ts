const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const KATAKANA = /^[\p{Script=Katakana}ー]$/u;

/** Whether a word is in a script that does not separate words by spaces. */
export function isSpaceless(word: string): boolean {
  return SPACELESS.test(word);
}

/**
 * Whether folded words contain a folded keyword as whole words. A keyword of a script without spaces is searched within
 * the words. Only a katakana keyword must not continue in katakana, so that ノンストップ (non-stop) does not contain ストップ.
 * A dictionary (Intl.Segmenter) would find more word boundaries, but different ones in different versions of Node.
 */
export function containsWord(words: string, keyword: string): boolean {
  if (!isSpaceless(keyword)) return ` ${words} `.includes(` ${keyword} `);
  for (let at = words.indexOf(keyword); at !== -1; at = words.indexOf(keyword, at + 1)) {
    const end = at + keyword.length;
    if (
      !continues(words.charAt(at - 1), keyword.charAt(0)) &&
      !continues(keyword.slice(-1), words.charAt(end))
    ) {
      return true;
    }
  }
  return false;
}

function continues(left: string, right: string): boolean {
  return KATAKANA.test(left) && KATAKANA.test(right);
}
