import type { DriftedOptOut } from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import { DriftKind } from '@optout-sync/shared/reconcile';
import { mayDo, type User } from '../../http/route';
import { Cut } from '../../views/cut';
import { CsrfField } from '../../views/form';
import { Pager } from '../../views/pager';
import { Phone } from '../../views/phone';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { Unreadable } from '../opt-outs/opt-outs-view';
import { CioIds } from '../person/cio-ids';
import { DRIFT_TEXTS } from '../person/words';

const PATH = '/drift';

interface DriftPage {
  readonly optOuts: readonly DriftedOptOut[];
  readonly unreadable: readonly Subject[];
  readonly examined: number;
  readonly next: string | undefined;
  /** How many phones the lists of each workspace hold. */
  readonly counts: readonly {
    readonly name: string;
    readonly counts: Readonly<Record<DriftKind, number>>;
  }[];
  /** By workspace, see `profilePagesOf`. */
  readonly profilePages: ReadonlyMap<string, string | undefined>;
  readonly pathOf: (subject: Subject) => string;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly csrf: string;
}

/** What comparisons found and did not correct, with a button to compare one phone now. */
export const DriftView = (page: DriftPage) => (
  <>
    <p>
      A comparison of a phone replaces what is listed of it, so this is what differed last. The reconciler
      corrects <em>missing</em> and <em>reverted</em>; only an operator sets the others back, after comparing
      them once more.
    </p>
    <Counts counts={page.counts} />
    <Found {...page} />
    <Unreadable subjects={page.unreadable} pathOf={page.pathOf} />
    <p role="status">
      {page.optOuts.length} listed, {page.examined} findings looked at.
    </p>
    <Pager path={PATH} query={page.query} next={page.next} />
  </>
);

const Counts = ({ counts }: Pick<DriftPage, 'counts'>) => (
  <Table
    caption="Phones by workspace and kind"
    empty="No workspace is configured."
    rows={counts.flatMap(({ name, counts: of }) =>
      DriftKind.options.map((kind) => ({ name, kind, count: of[kind] })),
    )}
    columns={[
      {
        heading: 'kind',
        cell: ({ name, kind }) => (
          <a href={`${PATH}?${new URLSearchParams({ workspace: name, kind }).toString()}`}>{kind}</a>
        ),
      },
      { heading: 'people', cell: ({ kind }) => DRIFT_TEXTS[kind] },
      { heading: 'workspace', cell: ({ name }) => <Cut text={name} /> },
      { heading: 'phones', cell: ({ count }) => count, numeric: true },
    ]}
  />
);

const Found = ({ optOuts, pathOf, profilePages, user, csrf }: DriftPage) => {
  const mayVerify = mayDo(user.role, 'support');
  return (
    <Table
      caption="What differs, the oldest first"
      empty="No difference is known."
      rows={optOuts}
      columns={[
        {
          heading: 'phone',
          cell: ({ subject }) => (
            <a href={pathOf(subject)}>
              <Phone value={subject.phone} />
            </a>
          ),
        },
        { heading: 'channel', cell: ({ subject }) => subject.channel },
        { heading: 'workspace', cell: ({ subject }) => <Cut text={subject.workspace} /> },
        { heading: 'kind', cell: ({ finding }) => finding.kind },
        { heading: 'found', cell: ({ finding }) => <Time at={finding.foundAt} /> },
        {
          heading: 'people (cio_id)',
          cell: ({ subject, finding: { people, total } }) => (
            <>
              <CioIds ids={people} pages={profilePages.get(subject.workspace)} />
              {total > people.length && ` and ${String(total - people.length)} more`}
              {people.length === 0 && 'not readable: compare it'}
            </>
          ),
        },
        ...(mayVerify
          ? [
              {
                heading: 'compare',
                cell: ({ subject }: DriftedOptOut) => (
                  <form method="post" action={`${pathOf(subject)}/verify`}>
                    <CsrfField csrf={csrf} />
                    <button type="submit">Compare now</button>
                  </form>
                ),
              },
            ]
          : []),
      ]}
    />
  );
};
