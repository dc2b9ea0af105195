import type { TwilioApiAccount } from '@optout-sync/shared/config';
import { RestClient, TwilioApiError, readSenders, type Senders } from '@optout-sync/twilio-api';
import { OperationError } from '../operation-error';
import { applyChanges } from './apply-changes';
import type { Change } from './changes';
import { planEventStreams, planSenders, type DesiredSetup } from './plan-twilio';
import { planUndo, undoChange, type UndoStep } from './undo-changes';
import { readUndoFile } from './undo-file';

/** What setup does at one account. */
export interface SetupPlan {
  readonly accountSid: string;
  readonly senders: Senders;
  readonly changes: readonly Change[];
}

/** Reads the account and returns what has to be changed; changes nothing. @throws {OperationError} */
export async function planSetup(
  account: TwilioApiAccount,
  apiUrl: string,
  desired: DesiredSetup,
): Promise<SetupPlan> {
  const client = new RestClient({ account, apiUrl });
  return translatingErrors(async () => {
    const senders = await readSenders(client, account.sid);
    const changes: Change[] = planSenders(senders, desired);
    if (desired.eventStreams) changes.push(...(await planEventStreams(client, desired.publicUrl)));
    return { accountSid: account.sid, senders, changes };
  });
}

/**
 * Carries out a plan, after it has written the file that undoes it.
 *
 * @param now in ms since 1970
 * @throws {OperationError} `undo_file_not_written`, or a `twilio_` code after some of the changes
 */
export function applySetup(
  account: TwilioApiAccount,
  apiUrl: string,
  plan: Pick<SetupPlan, 'changes'>,
  { undoFile, now, onProgress }: { undoFile: string; now: number; onProgress: (done: Change) => void },
): Promise<void> {
  const client = new RestClient({ account, apiUrl });
  const undo = {
    version: 1 as const,
    createdAt: new Date(now).toISOString(),
    accountSid: account.sid,
    changes: [...plan.changes],
  };
  return translatingErrors(() => applyChanges(client, undo, undoFile, onProgress));
}

/**
 * Undoes what a file says, as far as nothing else was changed since.
 *
 * @param options.done false only compares
 * @throws {OperationError} `undo_file_invalid`, `account_unknown`, or a `twilio_` code
 */
export function undoSetup(
  accounts: readonly TwilioApiAccount[],
  apiUrl: string,
  { file, done }: { readonly file: string; readonly done: boolean },
): Promise<UndoStep[]> {
  const undo = readUndoFile(file);
  const account = accounts.find(({ sid }) => sid === undo.accountSid);
  if (!account) {
    throw new OperationError(
      'account_unknown',
      `the undo file is of account ${undo.accountSid}, which is not configured`,
    );
  }
  const client = new RestClient({ account, apiUrl });
  return translatingErrors(async () => {
    const steps = await planUndo(client, undo);
    if (!done) return steps;
    for (const { change, state } of steps)
      if (state === 'undo') await undoChange(client, account.sid, change);
    return steps;
  });
}

async function translatingErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TwilioApiError ? new OperationError(error.code, error.message, 'failed') : error;
  }
}
