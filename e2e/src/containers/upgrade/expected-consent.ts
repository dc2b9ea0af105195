import type { Person, Said } from './said';

/** What must come of what a person said to one sender. It knows nothing of how the product gets there. */
export interface ExpectedConsent {
  readonly state: 'stopped' | 'started';
  /** The last word. */
  readonly last: Said;
  /** The word that the state began with: the first STOP after the last START, else the last START. */
  readonly first: Said;
}

/** By sender. */
export function expectedConsents(said: readonly Said[]): Map<string, ExpectedConsent> {
  const consents = new Map<string, ExpectedConsent>();
  for (const last of said) {
    const before = consents.get(last.sender);
    const state = last.word === 'STOP' ? 'stopped' : 'started';
    const repeats = state === 'stopped' && before?.state === 'stopped';
    consents.set(last.sender, { state, last, first: repeats ? before.first : last });
  }
  return consents;
}

/** The senders that a person is opted out of. By the policy `any` one is enough. */
export function stoppedSenders({ said }: Pick<Person, 'said'>): string[] {
  return [...expectedConsents(said)].flatMap(([sender, { state }]) => (state === 'stopped' ? [sender] : []));
}
