import {
  followForcedSync,
  optInCandidates,
  requestForcedSync,
  requestOptIns,
  verifyPhone,
  withAppApi,
  withStores,
  type FollowedSync,
  type Stores,
  type Verification,
} from '@optout-sync/operations';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { maskPhone, type Subject } from '@optout-sync/shared/domain';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import { recordReveal, type PhoneOptions } from '../frame/phones';
import type { Terminal } from '../frame/terminal';
import { followedText, optInPreviewText, verificationJson, verificationText } from './verification-text';

/** How a command corrects what it finds. */
export interface FixOptions extends PhoneOptions {
  readonly fix: boolean;
  readonly allowOptIn: boolean;
  readonly yes: boolean;
  readonly by?: string;
  readonly why?: string;
  /** How long to wait for a worker, in seconds. */
  readonly wait: number;
  readonly json: boolean;
}

interface VerifyOneOptions extends FixOptions {
  readonly subject: Subject;
  readonly workspace: WorkspaceConfig;
}

/** What was done about a comparison, and the one that holds afterwards. */
interface Fixed {
  readonly followed: FollowedSync;
  readonly after: Verification;
}

/**
 * Compares one phone, prints the result, and with `fix` has it corrected and compares again.
 *
 * @throws {ExitStatus} when Customer.io differs from the ledger in the end
 */
export async function verifyOne(terminal: Terminal, options: VerifyOneOptions): Promise<void> {
  const { subject, workspace, json, reveal } = options;
  const verdict = await withStores(terminal, (stores) =>
    withAppApi(stores, workspace, async (api) => {
      const compare = (): Promise<Verification> => verifyPhone(stores, api, workspace, subject);
      const before = await compare();
      await recordReveal(stores, options, 'optouts verify', { phone: maskPhone(subject.phone) });
      if (!json) terminal.out(verificationText(terminal, before, options));
      const fixed = await fix(terminal, stores, { before, compare }, options);
      if (json) printJson(terminal, toJson(before, fixed), { reveal });
      else if (fixed?.followed.result === 'done')
        terminal.out(verificationText(terminal, fixed.after, options));
      return (fixed?.after ?? before).verdict;
    }),
  );
  if (verdict === 'differs' || verdict === 'pending') throw new ExitStatus(EXIT.partly);
}

/** Has a worker correct what a comparison found; undefined when there is nothing to do, or only a preview. */
async function fix(
  terminal: Terminal,
  stores: Stores,
  { before, compare }: { readonly before: Verification; readonly compare: () => Promise<Verification> },
  options: VerifyOneOptions,
): Promise<Fixed | undefined> {
  const { subject, json, yes, by, why, wait } = options;
  if (!options.fix) return undefined;
  const optIns = options.allowOptIn ? optInCandidates(before) : [];
  if (optIns.length > 0 && !yes) {
    if (!json) terminal.out(optInPreviewText(optIns, before.attribute, options));
    return undefined;
  }
  const people = optIns.map(({ cioId }) => cioId);
  if (people.length > 0) await requestOptIns(stores, [{ subject, people }], { by, why });
  else if (before.people.some(isFixable)) await requestForcedSync(stores, subject);
  else return undefined;
  terminal.error('A worker is asked to compare and correct it. Ctrl-C does not withdraw that.');
  const followed = await followForcedSync(
    stores,
    subject,
    (state) => {
      if (state === 'active') terminal.error('A worker carries it out.');
    },
    { takeMs: wait * 1_000 },
  );
  terminal.error(followedText(followed, wait));
  return { followed, after: followed.result === 'done' ? await compare() : before };
}

/** Whether a sync opts the person out. */
function isFixable({ verdict }: Verification['people'][number]): boolean {
  return ['missing', 'reverted', 'pending'].includes(verdict);
}

function toJson(before: Verification, fixed: Fixed | undefined): unknown {
  if (!fixed) return verificationJson(before);
  const verdicts = before.people.map(({ cioId, verdict }) => ({ cioId, verdict }));
  return { ...verificationJson(fixed.after), fix: fixed.followed, before: verdicts };
}
