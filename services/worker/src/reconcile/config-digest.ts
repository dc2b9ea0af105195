import { createHash } from 'node:crypto';
import type { WorkspaceConfig } from '@optout-sync/shared/config';

/**
 * Returns a short hash of what comparisons of a workspace go by: where the people are, how they are found, and what is written
 * to them. Another hash means that what was compared before may differ now.
 */
export function configDigest(workspace: WorkspaceConfig): string {
  const { access, lookup, phoneAttribute, phoneFormats, defaultCountry, attributes, policy } = workspace;
  const { sms, whatsapp } = attributes;
  const formats = [...phoneFormats].sort();
  const parts = [access?.siteId, lookup, phoneAttribute, formats, defaultCountry, sms, whatsapp, policy];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
