import type { Way } from './way';
import { DELIVERIES, OUTAGES } from './ways-delivered';
import { PEOPLE } from './ways-of-people';
import { CHANNELS_AND_SENDERS, OPTING_IN_AGAIN, WORDS } from './ways-texted';
import { ELSEWHERE, SENDS } from './ways-untexted';

/** Every way of saying no of docs/coverage.md that this folder tests. */
export const WAYS: readonly Way[] = [
  ...WORDS,
  ...CHANNELS_AND_SENDERS,
  ...OPTING_IN_AGAIN,
  ...DELIVERIES,
  ...OUTAGES,
  ...PEOPLE,
  ...SENDS,
  ...ELSEWHERE,
];
