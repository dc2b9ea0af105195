import { shownUrl, type Change, type SetupPlan, type UndoStep } from '@optout-sync/operations';

/** The senders with their present webhooks. */
export function sendersText({ numbers, services, unreadShortCodes }: SetupPlan['senders']): string {
  const serviceLines = services.flatMap((service) => [
    `Messaging Service ${service.name} (${service.sid})`,
    `  inbound:         ${service.usesNumbersWebhook ? 'as each number says' : shownUrl(service.inboundUrl)}`,
    `  fallback:        ${shownUrl(service.fallbackUrl)}`,
    `  status callback: ${shownUrl(service.statusCallback)}`,
    `  numbers:         ${service.phones.join(', ') || '(none)'}`,
  ]);
  const covered = new Set(services.filter((one) => !one.usesNumbersWebhook).flatMap(({ phones }) => phones));
  const numberLines = numbers
    .filter(({ phone }) => !covered.has(phone))
    .flatMap((number) => [
      `${number.kind === 'number' ? 'Number' : 'Short code'} ${number.phone} (${number.sid})${number.hasSms ? '' : ', without SMS'}`,
      `  inbound:         ${
        number.smsApplicationSid === undefined
          ? shownUrl(number.smsUrl)
          : `as the TwiML application ${number.smsApplicationSid} says`
      }`,
      `  fallback:        ${shownUrl(number.smsFallbackUrl)}`,
    ]);
  const unread = unreadShortCodes === undefined ? [] : [`Short codes could not be read: ${unreadShortCodes}`];
  return (
    [...serviceLines, ...numberLines, ...unread].join('\n') ||
    'The account has neither numbers nor Messaging Services.'
  );
}

const FIELDS: Readonly<Record<string, string>> = {
  InboundRequestUrl: 'inbound',
  SmsUrl: 'inbound',
  FallbackUrl: 'fallback',
  SmsFallbackUrl: 'fallback',
  StatusCallback: 'status callback',
  SmsApplicationSid: 'TwiML application',
};

const shownValue = (field: string, value = ''): string =>
  field === 'SmsApplicationSid' ? value || '(none)' : shownUrl(value);

/** One change, on one or more lines. */
export function changeLine(change: Change): string {
  switch (change.kind) {
    case 'number':
    case 'short_code':
    case 'service':
      return Object.entries(change.after)
        .map(([field, value]) => {
          const [from, to] = [shownValue(field, change.before[field]), shownValue(field, value)];
          return `  ${change.name}, ${FIELDS[field] ?? field}: ${from} -> ${to}`;
        })
        .join('\n');
    case 'sink':
      return `  Event Streams: create a sink to ${shownUrl(change.destination)}`;
    case 'subscription':
      return `  Event Streams: subscribe it to ${Object.entries(change.types)
        .map(([type, version]) => `${type} v${String(version)}`)
        .join(', ')}`;
    case 'event_type': {
      const from = change.before === undefined ? 'not subscribed' : `v${String(change.before)}`;
      return `  Event Streams: ${change.type}: ${from} -> v${String(change.after)}`;
    }
    default:
      return change satisfies never;
  }
}

const STATES = {
  undo: ['would be undone', 'undone'],
  not_made: ['was not made, or is undone already', 'was not made, or is undone already'],
  changed_since: ['was changed since: stays as it is', 'was changed since: left as it is'],
} as const satisfies Record<UndoStep['state'], readonly [string, string]>;

/** One step of an undo. */
export function stepLine({ change, state }: UndoStep, done: boolean): string {
  return `${changeLine(change)}\n    ${STATES[state][done ? 1 : 0]}`;
}
