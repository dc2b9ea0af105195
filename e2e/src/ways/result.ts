/**
 * What becomes of the people of a way of saying no, by their opt-out attribute: true for all of them, false for all, true for some, set for
 * nobody; or set for nobody, and the message is on the review list.
 */
export const RESULTS = ['opted out', 'opted in', 'in part', 'nothing', 'to review'] as const;
export type Result = (typeof RESULTS)[number];
