import { z } from 'zod';

/** What a comparison of Customer.io with the ledger does: `enforce` writes what differs, `report` only counts it. */
export const ReconcileMode = z.enum(['enforce', 'report']);
export type ReconcileMode = z.infer<typeof ReconcileMode>;
