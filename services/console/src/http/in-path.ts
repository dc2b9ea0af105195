/** Text from outside as one part of a path. A half of a character, which JSON may hold, is replaced: a URL cannot hold it. */
export const inPath = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
