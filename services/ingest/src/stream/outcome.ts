/** How an event of a batch ends. */
export const STREAM_OUTCOMES = ['accepted', 'not_a_keyword', 'ignored', 'dead_lettered'] as const;
export type StreamOutcome = (typeof STREAM_OUTCOMES)[number];
