import type { MessageOutcome, MessageWithOutcome } from '../sent-messages';
import { Time } from './time';

const MEANINGS: Readonly<Record<MessageOutcome, string>> = {
  waits: 'ingest has it, the worker not yet',
  pending: 'recorded; Customer.io does not hold it yet',
  applied: 'Customer.io holds it',
  no_match: 'nobody has the number',
  ignored: 'it changes nothing',
  stale: 'a later message replaced it',
  dead_lettered: 'it waits for an operator: npx optout-sync dlq list',
  no_opt_out: 'it holds no keyword',
  refused: 'ingest did not accept it',
  unknown: 'Redis does not answer',
};

/** The latest messages. The script replaces it when it changes. */
export const MessageTable = ({ messages }: { readonly messages: readonly MessageWithOutcome[] }) => (
  <section id="messages" data-live aria-labelledby="messages-title">
    <h2 id="messages-title">Messages sent from here</h2>
    {messages.length === 0 ? (
      <p>None yet.</p>
    ) : (
      <table>
        <thead>
          <tr>
            <th scope="col">sent</th>
            <th scope="col">message, phone</th>
            <th scope="col">outcome</th>
          </tr>
        </thead>
        <tbody>{messages.map(messageRow)}</tbody>
      </table>
    )}
  </section>
);

function messageRow({ sentAt, from, body, outcome, answer }: MessageWithOutcome) {
  return (
    <tr>
      <td>
        <Time at={sentAt} />
      </td>
      <td>
        <q>{body}</q>
        <br />
        <small class="phone">{from}</small>
      </td>
      <td>
        <strong>{outcome}</strong>
        <br />
        <small>
          {MEANINGS[outcome]}
          {outcome === 'refused' && `: ${answer}`}
        </small>
      </td>
    </tr>
  );
}
