import {
  OperationError,
  followForcedSync,
  optInCandidates,
  requestOptIns,
  requestSyncByHand,
  verifyPhone,
  withAppApi,
  workspaceConfigOf,
  type Author,
  type FollowedSync,
  type Verification,
  type VerifiedPerson,
} from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import type { ConsoleContext } from '../../context';

/** A live comparison, and whom an operator may have corrected. */
export interface Verified {
  readonly verification: Verification;
  /** How many people a worker would opt out. */
  readonly fixable: number;
  /** The people whom only an operator sets back to `false`. */
  readonly candidates: readonly VerifiedPerson[];
}

/** How long somebody waits for a page, in ms. */
const PATIENCE_MS = 10_000;
const FOLLOW_TIMES = { pollMs: 100, takeMs: 3_000, endMs: 5_000 };

/** Compares what Customer.io holds of a phone now with the ledger. @throws {OperationError} */
export async function verify({ stores, env }: ConsoleContext, subject: Subject): Promise<Verified> {
  const workspace = workspaceConfigOf(env, subject.workspace);
  const verification = await withAppApi(
    stores,
    workspace,
    (api) => verifyPhone(stores, api, workspace, subject),
    PATIENCE_MS,
  );
  return {
    verification,
    fixable: verification.people.filter(isFixable).length,
    candidates: optInCandidates(verification),
  };
}

/** Whether a sync opts the person out. */
function isFixable({ verdict }: Verification['people'][number]): boolean {
  return verdict === 'missing' || verdict === 'reverted' || verdict === 'pending';
}

/** Has a worker opt out whoever has the number and is not. Returns how far it came. @throws {OperationError} */
export async function correct({ stores }: ConsoleContext, subject: Subject, author: Author): Promise<string> {
  await requestSyncByHand(stores, subject, author);
  return textOf(await followForcedSync(stores, subject, () => undefined, FOLLOW_TIMES));
}

/**
 * Has a worker set people back to `false`: exactly those who were shown. Returns how far it came.
 *
 * @param shown their cio_ids
 * @throws {OperationError} `preview_outdated` when others are to be set back by now
 */
export async function setBack(
  context: ConsoleContext,
  subject: Subject,
  shown: readonly string[],
  author: Author,
): Promise<string> {
  const { candidates } = await verify(context, subject);
  const present = candidates.map(({ cioId }) => cioId);
  if (present.length === 0 || present.toSorted().join() !== shown.toSorted().join()) throw previewOutdated();
  const { stores } = context;
  await requestOptIns(stores, [{ subject, people: present }], author);
  return textOf(await followForcedSync(stores, subject, () => undefined, FOLLOW_TIMES));
}

export function previewOutdated(): OperationError {
  return new OperationError(
    'preview_outdated',
    'something changed since this was shown, and nothing was done; look at it again and repeat',
    'failed',
  );
}

function textOf({ result, failedWith = 'unknown' }: FollowedSync): string {
  switch (result) {
    case 'done':
      return 'A worker has compared and corrected it. Customer.io may show the write with a delay of a minute.';
    case 'not_taken':
      return 'No worker has taken it yet: is one running? The request stays, and the next worker carries it out.';
    case 'failing':
      return `The worker could not do it (${failedWith}) and tries again by itself.`;
    case 'running':
      return 'A worker has it and waits for Customer.io. The request stays.';
    default:
      return result satisfies never;
  }
}
