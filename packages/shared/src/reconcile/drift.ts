import { z } from 'zod';

/**
 * How people differ from the ledger entry of their number:
 *
 * - `missing`: have a stopped number, and not the attribute
 * - `reverted`: have a stopped number, and another value than `true`
 * - `orphaned`: are `true` by this entry, no longer have the number, and have no stopped number now
 * - `looser_policy`: are `true` by this entry, which the present policy does not count as an opt-out
 *
 * The reconciler corrects the first two. Only an operator's request sets the others back.
 */
export const DriftKind = z.enum(['missing', 'reverted', 'orphaned', 'looser_policy']);
export type DriftKind = z.infer<typeof DriftKind>;

/** People by how they differ, as cio_ids; a kind without people is missing. */
export type Drift = Readonly<Partial<Record<DriftKind, readonly string[]>>>;
