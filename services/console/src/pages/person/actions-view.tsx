import { escapeControls } from '@optout-sync/shared/domain';
import { mayDo, type Role } from '../../http/route';
import { ActionForm, CsrfField } from '../../views/form';
import type { PersonPage } from './person-page';

/** What the user may do about a person. */
export const PersonActions = ({ person, path, user, csrf, revealed }: PersonPage) => {
  const may = (least: Role): boolean => mayDo(user.role, least);
  if (!may('support')) return null;
  const { known } = person;
  const senders = [...(known?.entry.senders.keys() ?? [])].filter(isPlain);
  return (
    <section aria-labelledby="actions">
      <h2 id="actions">Actions</h2>
      <div class="columns">
        {known && (
          <form method="post" action={`${path}/verify`} class="action">
            <CsrfField csrf={csrf} />
            <button type="submit">Compare with Customer.io now</button>
          </form>
        )}
        {!revealed && <ActionForm action={`${path}/reveal`} csrf={csrf} button="Show the whole number" />}
        {known && (
          <ActionForm action={`${path}/proof`} csrf={csrf} button="Download the proof" runbook="proof.md" />
        )}
        <ChangeForm path={`${path}/opt-out/preview`} csrf={csrf} senders={senders} button="Opt out…" />
        {may('operator') && known && (
          <ChangeForm
            path={`${path}/opt-in/preview`}
            csrf={csrf}
            senders={senders}
            button="Lift the opt-out…"
          />
        )}
      </div>
    </section>
  );
};

/** Whether a sender has no control characters, which would turn the direction of the form's text. */
const isPlain = (sender: string): boolean => escapeControls(sender) === sender;

/** Asks with which sender the consent changes. The next page shows what would change. */
const ChangeForm = ({
  path,
  csrf,
  senders,
  button,
}: {
  readonly path: string;
  readonly csrf: string;
  readonly senders: readonly string[];
  readonly button: string;
}) => {
  const [first = ''] = senders.length === 1 ? senders : [];
  return (
    <form method="post" action={path} class="action">
      <CsrfField csrf={csrf} />
      <label>
        Your sender
        <input
          name="sender"
          required
          maxLength={255}
          autocomplete="off"
          list="known-senders"
          value={first}
          placeholder="MG… or a number of yours"
        />
      </label>
      {button.startsWith('Opt') && (
        <datalist id="known-senders">
          {senders.map((sender) => (
            <option value={sender} />
          ))}
        </datalist>
      )}
      <button type="submit">{button}</button>
    </form>
  );
};
