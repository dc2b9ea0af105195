import { DEMO_PHONES } from '@optout-sync/customerio-sandbox';

/** What the form holds, as it was typed. */
export interface FormState {
  readonly from: string;
  readonly body: string;
  /** What is wrong with it. */
  readonly errors: readonly string[];
}

const { single, household, optedOut, crowd, unknown } = DEMO_PHONES;
const SUGGESTED_PHONES = [single, household, optedOut, crowd, unknown];

/** The form that sends a message as a phone. The script shows its errors. */
export const SendForm = ({ from, body, errors }: FormState) => (
  <form method="post" action="/messages">
    <h2>Send a message as a phone</h2>
    <label for="from">Phone</label>
    <input id="from" name="from" type="tel" list="phones" required autocomplete="off" value={from} />
    <datalist id="phones">
      {SUGGESTED_PHONES.map((phone) => (
        <option value={phone} />
      ))}
    </datalist>
    <label for="body">Message</label>
    <input id="body" name="body" required autocomplete="off" value={body} />
    <button type="submit">Send</button>
    <div id="errors" role="alert">
      {errors.map((error) => (
        <p>{error}</p>
      ))}
    </div>
  </form>
);
