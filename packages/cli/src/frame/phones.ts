import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Stores } from '@optout-sync/operations';
import { maskPhone, withoutPhones } from '@optout-sync/shared/domain';

/** How a command shows the phones of people. */
export interface PhoneOptions {
  readonly reveal: boolean;
}

/** @param what is shown with it */
export function revealOption(what = 'whole phones'): Option {
  return new Option('--reveal', `show ${what}; the audit trail records it`).default(false);
}

/** Returns a function that shows a phone, masked unless revealed. */
export function phoneText({ reveal }: PhoneOptions): (phone: string) => string {
  return reveal ? (phone) => phone : maskPhone;
}

/** Returns a function that shows text that somebody wrote, with what may be a phone masked unless revealed. */
export function writtenText({ reveal }: PhoneOptions): (text: string) => string {
  return reveal ? (text) => text : withoutPhones;
}

/** Records that somebody looked at whole phones, before they are shown. */
export async function recordReveal(
  { audit }: Pick<Stores, 'audit'>,
  { reveal }: PhoneOptions,
  command: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (!reveal) return;
  await audit.add({
    action: 'reveal',
    by: userInfo().username,
    why: '--reveal',
    details: { command, ...details },
  });
}
