import { textAfterReaction } from './reactions';

/** Pairs of quotation marks without others within, of all shipped languages. A mark without its partner quotes nothing. */
const QUOTATION =
  /"[^"]*"|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|»[^«»]*«|‹[^‹›]*›|「[^「」]*」|『[^『』]*』|＂[^＂]*＂/g;
const QUOTED_LINE = /^[^\S\n]*>.*$/gm;
/** Marks within marks: „Schreib «STOP»“. */
const MAX_DEPTH = 3;

/** The part of a message that its sender wrote: without quotations, quoted lines and reactions to another message. */
export function ownText(text: string): string {
  let own = (textAfterReaction(text) ?? text).replace(QUOTED_LINE, ' ');
  for (let depth = 0; depth < MAX_DEPTH; depth++) own = own.replace(QUOTATION, ' , ');
  return own;
}
