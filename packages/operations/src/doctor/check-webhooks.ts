import { RETRY_OVERRIDES } from '@optout-sync/shared/domain';
import type { Senders } from '@optout-sync/twilio-api';
import { shownUrl, targetOf } from '../twilio/webhook-url';
import type { FindingCode } from './finding-codes';
import { ok, problem, type Finding } from './finding';

/** What is wrong with a sender. Senders with the same detail are reported together. */
interface Fault {
  readonly sender: string;
  readonly code: FindingCode;
  readonly detail: string;
}

/** Senders that one finding names. */
const NAMED = 5;

/**
 * Checks the webhook that each Messaging Service and number really has against PUBLIC_URL.
 *
 * @param reports what Event Streams reports, so that webhooks need not
 */
export function checkWebhooks(
  { numbers, services }: Senders,
  publicUrl: string,
  reports: { readonly inbound: boolean; readonly failed: boolean },
): Finding[] {
  const faults: Fault[] = [];
  const checked: string[] = [];
  const check = (sender: string, url: string | undefined, fallback: string | undefined): void => {
    checked.push(sender);
    faults.push(...faultsOf(sender, url, fallback, publicUrl, reports.inbound));
  };
  for (const { name, sid, inboundUrl, fallbackUrl, statusCallback, usesNumbersWebhook } of services) {
    const sender = `service ${name} (${sid})`;
    if (!usesNumbersWebhook) check(sender, inboundUrl, fallbackUrl);
    if (!reports.failed && targetOf(statusCallback, 'status', publicUrl).kind !== 'ours') {
      const detail = `its status callback is ${shownUrl(statusCallback)}`;
      faults.push({ sender, code: 'blocked_sends_unreported', detail });
    }
  }
  for (const { phone, smsUrl, smsFallbackUrl, smsApplicationSid } of ownWebhooks({ numbers, services })) {
    if (smsApplicationSid === undefined) check(phone, smsUrl, smsFallbackUrl);
    else if (!reports.inbound) {
      checked.push(phone);
      const detail = `the TwiML application ${smsApplicationSid} gets its messages`;
      faults.push({ sender: phone, code: 'webhook_of_application', detail });
    }
  }
  const faulty = new Set(faults.map(({ sender }) => sender));
  const right = checked.filter((sender) => !faulty.has(sender)).length;
  return [
    ...(right > 0 ? [ok('webhooks', `${String(right)} senders report inbound messages here`)] : []),
    ...toFindings(faults),
  ];
}

/** The numbers and short codes whose own webhook applies: those outside of services, and those of a service that leaves it to them. */
export function ownWebhooks({ numbers, services }: Senders): Senders['numbers'] {
  const covered = new Set(
    services.filter(({ usesNumbersWebhook }) => !usesNumbersWebhook).flatMap(({ phones }) => phones),
  );
  return numbers.filter(({ phone, hasSms }) => hasSms && !covered.has(phone));
}

function faultsOf(
  sender: string,
  url: string | undefined,
  fallback: string | undefined,
  publicUrl: string,
  reported: boolean,
): Fault[] {
  const target = targetOf(url, 'messages', publicUrl);
  const fault = (code: FindingCode, detail: string): Fault[] => [{ sender, code, detail }];
  const at = `its URL is ${shownUrl(url)}`;
  if (target.kind === 'other_base') return fault('webhook_other_base', at);
  // What Event Streams reports, a webhook need not.
  if (reported) return [];
  switch (target.kind) {
    case 'ours':
      return [
        ...(target.retries ? [] : fault('webhook_without_retries', `its URL has no #${RETRY_OVERRIDES}`)),
        ...(fallback === undefined ? fault('webhook_without_fallback', 'it has no fallback URL') : []),
      ];
    case 'none':
      return fault('webhook_dropped', 'it has no inbound URL');
    case 'flow':
      return fault('webhook_of_flow', at);
    case 'elsewhere':
      return fault('webhook_elsewhere', at);
    default:
      return target satisfies never;
  }
}

function toFindings(faults: readonly Fault[]): Finding[] {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults) {
    const key = `${fault.code} ${fault.detail}`;
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const named = group.slice(0, NAMED).map(({ sender }) => sender);
    const more = group.length > NAMED ? ` and ${String(group.length - NAMED)} more` : '';
    return [problem('webhooks', first.code, `${named.join(', ')}${more}: ${first.detail}`)];
  });
}
