import type { Subject } from '@optout-sync/shared/domain';
import { phoneText, type PhoneOptions } from './phones';

/** `+1415*****23 (sms, workspace default)` */
export function subjectText(
  { phone, channel, workspace }: Subject,
  options: PhoneOptions = { reveal: false },
): string {
  return `${phoneText(options)(phone)} (${channel}, workspace ${workspace})`;
}
