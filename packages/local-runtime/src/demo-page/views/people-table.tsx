import type { PeopleRow } from '../people-rows';
import { Time } from './time';

/** The people of the sandbox. The script replaces it when it changes. */
export const PeopleTable = ({ rows }: { readonly rows: readonly PeopleRow[] }) => (
  <section id="people" data-live aria-labelledby="people-title">
    <h2 id="people-title">People in Customer.io</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">person, phone</th>
          <th scope="col">
            sms_
            <wbr />
            unsubscribe
          </th>
          <th scope="col">set at</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ names, phone, flag, setAt }) => (
          <tr>
            <th scope="row">
              {nameOf(names)}
              <br />
              <small>{phone}</small>
            </th>
            <td>
              <Flag value={flag} />
            </td>
            <td>{setAt && <Time at={setAt} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const nameOf = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} and ${others.length} more`;

function Flag({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span class="unset">not set</span>;
  return <strong class={value === true ? 'stopped' : 'reachable'}>{JSON.stringify(value)}</strong>;
}
