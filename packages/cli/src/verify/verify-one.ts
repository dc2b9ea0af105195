import {
  followForcedSync,
  optInCandidates,
  requestOptIns,
  requestSyncByHand,
  verifyPhone,
  withAppApi,
  withStores,
  type FollowedSync,
  type PersonVerdict,
  type Stores,
  type Verification,
} from '@optout-sync/operations';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { maskPhone, type Subject } from '@optout-sync/shared/domain';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { printJson } from '../frame/json';
import type { ChangeOptions } from '../frame/options';
import { recordReveal, type PhoneOptions } from '../frame/phones';
import type { Terminal } from '../frame/terminal';
import { correctionJson, correctionText, type Correction } from './correction-text';
import { followedText, verificationJson, verificationText } from './verification-text';

/** How a command corrects what it finds. */
export interface FixOptions extends PhoneOptions, ChangeOptions {
  readonly fix: boolean;
  readonly allowOptIn: boolean;
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
 * Compares one phone, prints the result, and with `fix` and `yes` has it corrected and compares again.
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
      const correction = options.fix ? correctionOf(before, options) : undefined;
      if (correction && !options.yes) {
        if (json)
          printJson(terminal, { ...verificationJson(before), fix: correctionJson(correction) }, { reveal });
        else terminal.out(correctionText(correction, before, options));
        return before.verdict;
      }
      const fixed = correction && (await correct(terminal, stores, { before, compare, correction }, options));
      if (json) printJson(terminal, toJson(before, fixed), { reveal });
      else if (fixed?.followed.result === 'done')
        terminal.out(verificationText(terminal, fixed.after, options));
      return (fixed?.after ?? before).verdict;
    }),
  );
  if (verdict === 'differs' || verdict === 'pending') throw new ExitStatus(EXIT.partly);
}

/** What `--fix` would do about a comparison; undefined for nothing. */
function correctionOf(before: Verification, { allowOptIn }: FixOptions): Correction | undefined {
  const correction = {
    written: before.people.filter(({ verdict }) => FIXABLE.has(verdict)),
    setBack: allowOptIn ? optInCandidates(before) : [],
  };
  return correction.written.length + correction.setBack.length > 0 ? correction : undefined;
}

/** The verdicts that a sync corrects. */
const FIXABLE: ReadonlySet<PersonVerdict> = new Set(['missing', 'reverted', 'pending']);

/** Has a worker correct what a comparison found, and compares again. */
async function correct(
  terminal: Terminal,
  stores: Stores,
  {
    before,
    compare,
    correction,
  }: {
    readonly before: Verification;
    readonly compare: () => Promise<Verification>;
    readonly correction: Correction;
  },
  { subject, by, why, wait }: VerifyOneOptions,
): Promise<Fixed> {
  const people = correction.setBack.map(({ cioId }) => cioId);
  if (people.length > 0) await requestOptIns(stores, [{ subject, people }], { by, why });
  else await requestSyncByHand(stores, subject, { by, why });
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

function toJson(before: Verification, fixed: Fixed | undefined): unknown {
  if (!fixed) return verificationJson(before);
  const verdicts = before.people.map(({ cioId, verdict }) => ({ cioId, verdict }));
  return { ...verificationJson(fixed.after), fix: fixed.followed, before: verdicts };
}
