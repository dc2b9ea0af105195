import type { Status } from '@optout-sync/operations';
import { Badge } from '../../views/badge';
import { Table } from '../../views/table';
import { Time } from '../../views/time';

/** What waits because Customer.io is down, refuses the keys or has reached its limit. It is no dead letter. */
export const WaitingView = ({
  workspaces,
  queues,
  instances,
}: Pick<Status, 'workspaces' | 'queues' | 'instances'>) => (
  <>
    <p>
      While a workspace is paused or Customer.io is down, nothing is skipped: it waits here, costs no attempt,
      and goes on by itself. It becomes a dead letter only when it is rejected, or keeps failing for 24 hours
      while others succeed.
    </p>
    <Table
      caption="Opt-outs that Customer.io does not hold yet"
      empty="No workspace is configured."
      rows={workspaces}
      columns={[
        { heading: 'workspace', cell: ({ name }) => name },
        { heading: 'waiting', cell: ({ unapplied }) => unapplied.count, numeric: true },
        {
          heading: 'paused',
          cell: ({ name }) =>
            isPaused(instances, name) ? <Badge tone="bad">paused</Badge> : <Badge tone="good">no</Badge>,
        },
        { heading: 'since', cell: ({ unapplied }) => <Time at={unapplied.oldest} /> },
        {
          heading: 'late',
          cell: ({ unapplied }) =>
            unapplied.late > 0 ? (
              <Badge tone="bad">{unapplied.late} late</Badge>
            ) : (
              <Badge tone="good">none</Badge>
            ),
        },
      ]}
    />
    <Table
      caption="Jobs that wait, by queue"
      empty="There are no queues."
      rows={queues}
      columns={[
        { heading: 'queue', cell: ({ name }) => name },
        { heading: 'waiting', cell: ({ waiting }) => waiting, numeric: true },
        { heading: 'background', cell: ({ background }) => background, numeric: true },
        { heading: 'failed, tried again later', cell: ({ delayed }) => delayed, numeric: true },
        { heading: 'active', cell: ({ active }) => active, numeric: true },
      ]}
    />
  </>
);

/** Whether a worker says that Customer.io rejects the keys or the region of a workspace. */
const isPaused = (instances: Status['instances'], name: string): boolean =>
  instances.some(({ workspaces = [] }) => workspaces.some((one) => one.name === name && one.paused));
