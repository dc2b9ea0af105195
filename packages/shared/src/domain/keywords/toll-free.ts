const TOLL_FREE = /^\+1(?:800|833|844|855|866|877|888)\d{7}$/;

/**
 * What opts in to a toll-free number of the US and Canada. The block stands at the carriers, and only these words lift it
 * (Twilio): were YES or a word of one's own believed, every message sent afterwards would fail with 21610.
 */
export const TOLL_FREE_START_WORDS = ['START', 'UNSTOP'] as const;

/** Whether an address of ours is such a number. On WhatsApp, where no carrier blocks, it is an ordinary one. */
export function isTollFree(to: string): boolean {
  return TOLL_FREE.test(to.trim());
}
