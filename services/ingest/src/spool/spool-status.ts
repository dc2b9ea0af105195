import type { Instance } from '@optout-sync/shared/service';
import type { Spool } from './spool';

/** What the spool holds, as `optout-sync status` shows it. */
export async function spoolStatus(
  spool: Pick<Spool, 'items' | 'bytes' | 'oldest'>,
): Promise<NonNullable<Instance['spool']>> {
  const { items, bytes } = spool;
  const [first] = items > 0 ? await spool.oldest(1).catch(() => []) : [];
  return { items, bytes, ...(first?.content && { oldest: first.content.at }) };
}
