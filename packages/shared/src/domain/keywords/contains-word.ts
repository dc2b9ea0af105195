const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const KATAKANA = /^[\p{Script=Katakana}ー]$/u;

/** Whether a word is of a script that writes no spaces between words. */
export function isSpaceless(word: string): boolean {
  return SPACELESS.test(word);
}

/**
 * Whether folded words hold a folded keyword as whole words. A keyword of a script without spaces is looked for within
 * them; only a katakana one must not go on in katakana, so that ノンストップ (non-stop) holds no ストップ. A dictionary of
 * words (Intl.Segmenter) would cut finer, but not alike in every version of Node.
 */
export function containsWord(words: string, keyword: string): boolean {
  if (!isSpaceless(keyword)) return ` ${words} `.includes(` ${keyword} `);
  for (let at = words.indexOf(keyword); at !== -1; at = words.indexOf(keyword, at + 1)) {
    const end = at + keyword.length;
    if (!runsOn(words.charAt(at - 1), keyword.charAt(0)) && !runsOn(keyword.slice(-1), words.charAt(end))) {
      return true;
    }
  }
  return false;
}

function runsOn(left: string, right: string): boolean {
  return KATAKANA.test(left) && KATAKANA.test(right);
}
