import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { maskPhone, reasonOf, withoutPhones, type InboundEvent } from '@optout-sync/shared/domain';

type Fact = readonly [name: string, value: string];

/** What is known of the payload of a dead letter, with phones masked. Of one that could not be parsed nothing is shown here. */
export function factsOf({ undone }: Pick<DeadLetter, 'undone'>): Fact[] {
  switch (undone.type) {
    case 'event': {
      const { kind, messageSid, accountSid, channel, phone, sender, source, keyword, by, why } = undone.event;
      return present([
        ['message', `${kind} (${channel})`],
        ['person', maskPhone(phone)],
        ['MessageSid', messageSid],
        ['sender', sender],
        ['account', accountSid],
        ['source', source],
        ['reason', changesConsent(undone.event) ? reasonOf(undone.event) : undefined],
        ['keyword', keyword && withoutPhones(keyword)],
        ['sent', new Date(undone.event.occurredAt).toISOString()],
        ['received', new Date(undone.event.receivedAt).toISOString()],
        ['by', by && withoutPhones(by)],
        ['why', why && withoutPhones(why)],
      ]);
    }
    case 'sync':
    case 'destination': {
      const { workspace, channel, phone } = undone.request;
      return present([
        ['write to', undone.type === 'sync' ? 'Customer.io' : undone.destination],
        ['person', maskPhone(phone)],
        ['channel', channel],
        ['workspace', workspace],
        ['messages that wait for it', undone.messageSids.slice(0, 20).join(', ')],
      ]);
    }
    case 'forward':
      return [['forward to', hostOf(undone.request.target)]];
    case 'people':
      return [
        ['changed people', String(undone.change.people.length)],
        ['workspace', undone.change.workspace],
      ];
    case 'raw':
      return [];
    default:
      return undone satisfies never;
  }
}

const changesConsent = ({ kind }: InboundEvent): boolean => kind === 'stop' || kind === 'start';

const present = (facts: readonly (readonly [string, string | undefined])[]): Fact[] =>
  facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]]));

function hostOf(target: string): string {
  return URL.canParse(target) ? new URL(target).host : 'an address that cannot be read';
}
