import type { Status } from '@optout-sync/operations';
import type { Hour } from '../../minutes/read-hour';
import { Table } from '../../views/table';
import { OverviewNumbers } from './overview-numbers';

/** A system on one page. */
export const OverviewView = ({
  status,
  hour,
}: {
  readonly status: Status;
  readonly hour: Hour | undefined;
}) => (
  <>
    <div hx-ext="sse" sse-connect="/live/overview" sse-swap="numbers">
      <OverviewNumbers status={status} hour={hour} />
    </div>
    <section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <Table
        caption="Jobs by queue"
        empty="There are no queues."
        rows={status.queues}
        columns={[
          { heading: 'queue', cell: ({ name }) => name },
          { heading: 'waiting', cell: ({ waiting }) => waiting, numeric: true },
          { heading: 'background', cell: ({ background }) => background, numeric: true },
          { heading: 'delayed', cell: ({ delayed }) => delayed, numeric: true },
          { heading: 'active', cell: ({ active }) => active, numeric: true },
        ]}
      />
    </section>
  </>
);
