import type { DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { maskPhone } from '@optout-sync/shared/domain';

/** A filter of dead letters, with its phone masked. */
export function filterText({ ids = [], from, to, phone, ...rest }: DeadLetterFilter): string {
  const parts = [
    ...(ids.length > 3 ? [`${String(ids.length)} ids`] : ids),
    ...(phone === undefined ? [] : [`phone ${maskPhone(phone)}`]),
    ...Object.entries(rest).map(([name, value]) => `${name} ${value}`),
    ...(from === undefined ? [] : [`since ${new Date(from).toISOString()}`]),
    ...(to === undefined ? [] : [`until ${new Date(to).toISOString()}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : 'all';
}
