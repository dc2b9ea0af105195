import type { PreviewedSet, ReplayForecast } from '@optout-sync/operations';
import type { ListedDeadLetter } from '@optout-sync/shared/dead-letters';
import { Cut } from '../../views/cut';
import { ActionForm } from '../../views/form';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { forecastText } from './forecast-text';
import type { Selection } from './selection';
import { Undone } from './undone';

export type BulkAction = 'replay' | 'discard';

interface PreviewProps {
  readonly action: BulkAction;
  readonly set: PreviewedSet & { readonly first: readonly ListedDeadLetter[] };
  readonly selection: Selection;
  /** What a replay would do, by id. */
  readonly forecasts: ReadonlyMap<string, ReplayForecast>;
  readonly csrf: string;
  /** Makes a form that is sent twice one run. */
  readonly once: string;
}

/** What a replay or a discard would apply to, and the button that does it. Nothing is done yet. */
export const PreviewView = ({ forecasts, ...form }: PreviewProps) => {
  const { action, selection } = form;
  const { count, first } = form.set;
  return (
    <>
      <p>
        <b>{amount(count)}</b> {count === 1 ? 'meets' : 'meet'} {filterText(selection)}. Nothing is done yet.
      </p>
      <Table
        caption={count > first.length ? `The first ${String(first.length)}` : 'All of them'}
        empty="None: they may have been replayed or discarded meanwhile."
        rows={first}
        columns={[
          { heading: 'dead letter', cell: ({ id }) => <a href={`/dead-letters/${id}`}>{id}</a> },
          { heading: 'last failed', cell: ({ lastFailedAt }) => <Time at={lastFailedAt} /> },
          { heading: 'stage', cell: ({ stage }) => <Cut text={stage} /> },
          { heading: 'code', cell: ({ code }) => <Cut text={code} /> },
          { heading: 'what', cell: ({ content }) => <Undone content={content} /> },
          ...(action === 'replay'
            ? [
                {
                  heading: 'if replayed now',
                  cell: (row: ListedDeadLetter) => forecastText(forecasts.get(row.id)),
                },
              ]
            : []),
        ]}
      />
      {count > 0 && <BulkForm {...form} />}
      <p>
        <a href="/dead-letters">Back to the list</a>
      </p>
    </>
  );
};

const amount = (n: number): string => `${n.toLocaleString('en-US')} dead ${n === 1 ? 'letter' : 'letters'}`;

/** Its hidden fields bind it to the set that was shown: the server refuses when that has changed. */
const BulkForm = ({ action, set, selection, csrf, once }: Omit<PreviewProps, 'forecasts'>) => (
  <ActionForm
    action={`/dead-letters/${action}`}
    csrf={csrf}
    danger={action === 'discard'}
    button={action === 'replay' ? `Replay ${amount(set.count)}` : `Discard ${amount(set.count)} for good`}
    runbook={action === 'replay' ? 'dead-letters.md#replaying' : 'dead-letters.md#discarding'}
  >
    {[...selection.fields].map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    <input type="hidden" name="revision" value={set.revision} />
    <input type="hidden" name="count" value={set.count} />
    {action === 'replay' && (
      <>
        <input type="hidden" name="once" value={once} />
        <label>
          At most per second
          <input name="rate" type="number" min={1} max={10_000} placeholder="no limit" />
        </label>
      </>
    )}
  </ActionForm>
);

function filterText({ fields }: Selection): string {
  const ids = fields.getAll('id').length;
  const terms = [...fields].flatMap(([name, value]) =>
    name === 'id' || name === 'all' ? [] : [name === 'person' ? 'one person' : `${name} ${value}`],
  );
  if (ids > 0) terms.unshift(ids === 1 ? '1 id' : `${String(ids)} ids`);
  return terms.length > 0 ? `the filter: ${terms.join(', ')}` : 'no filter: these are all';
}
