import { AuditAction, type AuditEntry } from '@optout-sync/operations';
import { withoutPhones, withMaskedPhones } from '@optout-sync/shared/domain';
import { Cut } from '../../views/cut';
import { Pager } from '../../views/pager';
import { Table } from '../../views/table';
import { Time } from '../../views/time';

/** Longer text of an entry is cut: a page loads in any case. */
const MAX_TEXT = 500;

/** Who did what, when and why, the latest first. */
export const AuditView = ({
  list: { entries, next, lookedUntil },
  query,
}: {
  readonly list: {
    readonly entries: readonly AuditEntry[];
    readonly next?: string;
    readonly lookedUntil?: number;
  };
  readonly query: URLSearchParams;
}) => (
  <section aria-label="Entries">
    <Filters query={query} />
    {lookedUntil !== undefined && (
      <p>
        This page looked at 10,000 entries, back to <Time at={lookedUntil} />. The next page goes on from
        there.
      </p>
    )}
    <Table
      caption="Audit trail"
      empty="No entries."
      rows={entries}
      columns={[
        { heading: 'when', cell: ({ at }) => <Time at={at} /> },
        { heading: 'action', cell: ({ action }) => <Cut text={action} at={MAX_TEXT} /> },
        { heading: 'by', cell: ({ by }) => <Cut text={withoutPhones(by)} at={MAX_TEXT} /> },
        { heading: 'why', cell: ({ why }) => <Cut text={withoutPhones(why)} at={MAX_TEXT} /> },
        { heading: 'what', cell: ({ details }) => <Details details={details} /> },
      ]}
    />
    <Pager path="/audit" query={query} next={next} />
  </section>
);

const Filters = ({ query }: { readonly query: URLSearchParams }) => (
  <form method="get" action="/audit" class="filters">
    <label>
      Action
      <select name="action">
        <option value="">any</option>
        {AuditAction.options.map((action) => (
          <option selected={query.get('action') === action}>{action}</option>
        ))}
      </select>
    </label>
    <label>
      From
      <input type="date" name="since" value={query.get('since') ?? ''} />
    </label>
    <label>
      To
      <input type="date" name="until" value={query.get('until') ?? ''} />
    </label>
    <button type="submit">Filter</button>
  </form>
);

const Details = ({ details }: Pick<AuditEntry, 'details'>) => (
  <>
    {Object.entries(details).map(([name, value]) => (
      <div>
        <small>
          <Cut text={withoutPhones(name)} />
        </small>{' '}
        <code>
          <Cut text={shown(typeof value === 'string' ? value : JSON.stringify(value))} at={MAX_TEXT} />
        </code>
      </div>
    ))}
  </>
);

/** What people write has spaces; ids have none, and their digits are no phone. */
const shown = (text: string): string => (/\s/.test(text) ? withoutPhones : withMaskedPhones)(text);
