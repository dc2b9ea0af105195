import { asFailure, gravest } from '../domain/failure';

/** Waits for all, so that no write outlives its job, then throws the failure that decides, if any. */
export async function allOrGravest(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const failure = gravest(
    results.flatMap((result) => (result.status === 'rejected' ? [asFailure(result.reason)] : [])),
  );
  if (failure) throw failure;
}
