import type { VerifiedPerson } from '@optout-sync/operations';
import { maskPhone, withMaskedPhones } from '@optout-sync/shared/domain';
import { mayDo, type User } from '../../http/route';
import { Badge } from '../../views/badge';
import { Cut } from '../../views/cut';
import { ActionForm } from '../../views/form';
import { Notice } from '../../views/notice';
import { Table } from '../../views/table';
import { Time } from '../../views/time';
import { CioId } from './cio-ids';
import type { Verified } from './verify';
import { CONCLUSIONS, VERDICT_TEXTS } from './words';

const MAX_PEOPLE = 100;

/** What Customer.io holds now, person by person, and what to do about it. */
export const VerificationView = ({
  verified: { verification, fixable, candidates },
  path,
  user,
  csrf,
  profilePages,
}: {
  readonly verified: Verified;
  readonly path: string;
  readonly user: User;
  readonly csrf: string;
  readonly profilePages: string | undefined;
}) => {
  const { attribute, expected, comparedAt, people, verdict } = verification;
  const conclusion = CONCLUSIONS[people.length === 0 && !expected ? 'ok' : verdict];
  const mayCorrect = mayDo(user.role, 'operator');
  return (
    <section aria-labelledby="verification">
      <h2 id="verification">Compared with Customer.io just now</h2>
      <Notice tone={conclusion.tone}>{conclusion.text}</Notice>
      <p>
        By the ledger <Cut text={attribute} /> has to be <strong>{String(expected)}</strong>. Read{' '}
        <Time at={comparedAt} />.
      </p>
      <People people={people.slice(0, MAX_PEOPLE)} pages={profilePages} />
      {people.length > MAX_PEOPLE && <p>And {people.length - MAX_PEOPLE} more people.</p>}
      {mayCorrect && fixable > 0 && (
        <ActionForm
          action={`${path}/correct`}
          csrf={csrf}
          button={`Have ${peopleText(fixable)} opted out`}
          runbook="verify.md"
        />
      )}
      {mayCorrect && candidates.length > 0 && (
        <ActionForm
          action={`${path}/set-back`}
          csrf={csrf}
          danger
          button={`Set ${peopleText(candidates.length)} back to false`}
          runbook="verify.md#setting-people-back"
        >
          {candidates.map(({ cioId }) => (
            <input type="hidden" name="person" value={cioId} />
          ))}
        </ActionForm>
      )}
    </section>
  );
};

const People = ({
  people,
  pages,
}: {
  readonly people: readonly VerifiedPerson[];
  readonly pages: string | undefined;
}) => (
  <Table
    caption="People with the number, those who differ first"
    empty="Nobody in Customer.io has the number."
    rows={people}
    columns={[
      { heading: 'cio_id', cell: ({ cioId }) => <CioId id={cioId} pages={pages} /> },
      { heading: 'phone', cell: ({ phone }) => (phone === undefined ? '–' : <HeldPhone text={phone} />) },
      {
        heading: 'value',
        cell: ({ value }) => (value === undefined ? 'none' : <Cut text={withMaskedPhones(value)} />),
      },
      {
        heading: 'set at',
        cell: ({ setAt }) => <Time at={setAt === undefined ? undefined : setAt * 1_000} />,
      },
      { heading: 'verdict', cell: verdictOf },
    ]}
  />
);

/** A phone as Customer.io holds it, which may be any text. */
const HeldPhone = ({ text }: { readonly text: string }) => (
  <span class="phone">
    <Cut text={maskPhone(text.slice(0, 30))} />
  </span>
);

const peopleText = (count: number): string => `${String(count)} ${count === 1 ? 'person' : 'people'}`;

function verdictOf({ verdict, byOtherNumber }: VerifiedPerson) {
  const isBad = !['ok', 'pending', 'opted_out_elsewhere', 'unreadable'].includes(verdict);
  return (
    <>
      <Badge tone={isBad ? 'bad' : verdict === 'pending' ? 'warn' : 'good'}>{verdict}</Badge>{' '}
      {byOtherNumber ? 'Opted out by the number that they have now.' : VERDICT_TEXTS[verdict]}
    </>
  );
}
