import type { Status } from '@optout-sync/operations';
import { plural } from '../../views/plural';

/** Something that needs somebody now. */
export interface Need {
  readonly text: string;
  /** Where in the console to look; the section of the documentation says what to do. */
  readonly href: string;
  readonly runbook: string;
}

/** What needs somebody now, the most urgent first. The alerts of docs/monitoring.md say more, and sooner. */
export function needsOf(status: Status): Need[] {
  const { workspaces, instances, deadLetters, sentAfter, damagedKeys } = status;
  const late = workspaces.reduce((sum, { unapplied }) => sum + unapplied.late, 0);
  const paused = new Set(
    instances.flatMap((instance) =>
      (instance.workspaces ?? []).filter((workspace) => workspace.paused).map(({ name }) => name),
    ),
  );
  const spooled = instances.reduce((sum, { spool }) => sum + (spool?.items ?? 0), 0);
  const runs = (service: 'ingest' | 'worker'): boolean => instances.some((one) => one.service === service);
  const found: (Need | false)[] = [
    damagedKeys.length > 0 && {
      text: `Another program wrote ${damagedKeys.join(', ')} in Redis: what is read from it counts as 0 here`,
      href: '/',
      runbook: 'operations.md#redis-is-down',
    },
    !runs('worker') && need('No worker has reported in the last 30 seconds', '/workspaces', 'targetdown'),
    !runs('ingest') && need('No ingest has reported in the last 30 seconds', '/', 'targetdown'),
    late > 0 &&
      need(`${plural(late, 'opt-out waits', 'opt-outs wait')} for more than a minute`, '/', 'optoutslate'),
    sentAfter > 0 &&
      need(
        `${plural(sentAfter, 'message was', 'messages were')} sent after an opt-out in the last 24 hours`,
        '/sent-after?since=24h',
        'sentafteroptout',
      ),
    paused.size > 0 &&
      need(`Customer.io rejects the keys of ${[...paused].join(', ')}`, '/workspaces', 'workspacepaused'),
    spooled > 0 && need(`${plural(spooled, 'webhook is', 'webhooks are')} in the spool`, '/', 'redisdown'),
    deadLetters.count > 0 &&
      need(plural(deadLetters.count, 'dead letter', 'dead letters'), '/dead-letters', 'deadletters'),
  ];
  return found.filter((one) => one !== false);
}

const need = (text: string, href: string, section: string): Need => ({
  text,
  href,
  runbook: `runbook.md#${section}`,
});
