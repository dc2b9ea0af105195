import type { Subject } from '@optout-sync/shared/domain';

/** `+14155550123 (sms, workspace default)` */
export function subjectText({ phone, channel, workspace }: Subject): string {
  return `${phone} (${channel}, workspace ${workspace})`;
}
