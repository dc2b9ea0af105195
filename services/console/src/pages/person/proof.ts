import { collectProof, readProofKey, sealProof } from '@optout-sync/operations';
import { readConsentPolicies } from '@optout-sync/shared/config';
import type { Subject } from '@optout-sync/shared/domain';
import { RELEASE } from '@optout-sync/shared/service';
import type { ConsoleContext } from '../../context';

/**
 * Returns everything that the ledger stores of a phone under a digest, as JSON that `optout-sync proof --check` verifies.
 *
 * @throws {OperationError} `entry_not_found`
 */
export async function proofOf({ stores, env }: ConsoleContext, subject: Subject): Promise<string> {
  const policy = readConsentPolicies(env).find(({ name }) => name === subject.workspace)?.policy ?? 'any';
  const records = await collectProof(stores, subject, { policy, madeBy: `optout-sync ${RELEASE.version}` });
  return `${JSON.stringify(sealProof(records, readProofKey(env)), null, 2)}\n`;
}
