import type { Run } from '@optout-sync/operations';
import { maskPhone, withMaskedPhones } from '@optout-sync/shared/domain';

/** What a run goes through, without a phone: `code customerio_refused, since 2026-02-25T09:59:58.000Z`. */
export function scopeText({ filter, details }: Pick<Run, 'filter' | 'details'>): string {
  const parts = Object.entries(details).map(([name, value]) => `${name} ${valueText(name, value)}`);
  if (filter) parts.unshift(filterText(filter));
  return withMaskedPhones(parts.join(', '));
}

function filterText({ ids = [], from, to, phone, ...terms }: NonNullable<Run['filter']>): string {
  const parts = [
    ...(ids.length > 0 ? [ids.length === 1 ? (ids[0] ?? '') : `${String(ids.length)} ids`] : []),
    ...(phone === undefined ? [] : [`phone ${maskPhone(phone)}`]),
    ...Object.entries(terms).map(([name, value]) => `${name} ${value}`),
    ...(from === undefined ? [] : [`since ${timeText(from)}`]),
    ...(to === undefined ? [] : [`until ${timeText(to)}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : 'all dead letters';
}

function valueText(name: string, value: unknown): string {
  if ((name === 'since' || name === 'until') && typeof value === 'number') return timeText(value);
  return Array.isArray(value) ? value.map(String).join(' ') : String(value);
}

function timeText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'an invalid time' : date.toISOString();
}
