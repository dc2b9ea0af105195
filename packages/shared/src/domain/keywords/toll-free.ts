const TOLL_FREE = /^\+1(?:800|833|844|855|866|877|888)\d{7}$/;

/**
 * The words that opt in to a toll-free number of the US and Canada. The carriers hold the block, and only these words lift
 * it (Twilio). If YES or a custom word counted, every later send would fail with 21610.
 */
export const TOLL_FREE_START_WORDS = ['START', 'UNSTOP'] as const;

/** Whether our address is a toll-free number. On WhatsApp, where no carrier blocks, it counts as an ordinary number. */
export function isTollFree(to: string): boolean {
  return TOLL_FREE.test(to.trim());
}
