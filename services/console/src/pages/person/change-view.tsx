import type { OverrideRequest } from '@optout-sync/operations';
import { REASON_TEXTS } from '@optout-sync/shared/domain';
import type { LedgerConsent, LedgerEntry } from '@optout-sync/shared/ledger';
import { Badge } from '../../views/badge';
import { Cut } from '../../views/cut';
import { ActionForm } from '../../views/form';
import { Notice } from '../../views/notice';
import { Phone } from '../../views/phone';
import { Time } from '../../views/time';

const WORDS = { stopped: 'opted out', started: 'opted in' } as const;

interface Change {
  readonly request: OverrideRequest;
  readonly entry: LedgerEntry | undefined;
  readonly path: string;
  readonly csrf: string;
}

/** What an opt-out or opt-in by hand would change, and the button that does it. */
export const ChangeView = ({ request, entry, path, csrf }: Change) => {
  const { subject, sender, state } = request;
  return (
    <>
      <p>
        <Phone value={subject.phone} /> on {subject.channel}, workspace <Cut text={subject.workspace} />, with
        your sender <Cut text={sender} />:
      </p>
      <Difference present={entry?.senders.get(sender)} state={state} />
      <Caveats request={request} entry={entry} />
      <ActionForm
        action={`${path}/${state === 'stopped' ? 'opt-out' : 'opt-in'}`}
        csrf={csrf}
        danger={state === 'started'}
        button={state === 'stopped' ? 'Opt this person out' : 'Lift the opt-out of this person'}
        runbook="overrides.md#opting-out-and-in"
      >
        <input type="hidden" name="sender" value={sender} />
        <input type="hidden" name="version" value={String(entry?.version ?? 0)} />
      </ActionForm>
      <p>
        <a href={path}>Back, and change nothing</a>
      </p>
    </>
  );
};

const Difference = ({
  present,
  state,
}: Pick<OverrideRequest, 'state'> & { readonly present: LedgerConsent | undefined }) => (
  <dl>
    <dt>Now</dt>
    <dd>
      {present ? (
        <>
          <Badge tone="quiet">{WORDS[present.state]}</Badge> since <Time at={present.since} />:{' '}
          {REASON_TEXTS[present.reason]}
        </>
      ) : (
        'has sent neither STOP nor START to it'
      )}
    </dd>
    <dt>Would be</dt>
    <dd>
      <Badge tone={state === 'stopped' ? 'warn' : 'good'}>{WORDS[state]}</Badge> by hand
    </dd>
  </dl>
);

/** What to think of before it is done. */
const Caveats = ({ request: { sender, state }, entry }: Pick<Change, 'request' | 'entry'>) => {
  const senders = [...(entry?.senders.keys() ?? [])];
  return (
    <>
      {entry?.senders.get(sender)?.state === state && (
        <Notice tone="warn">It already is {WORDS[state]}: only who and why would be added.</Notice>
      )}
      {senders.length > 0 && !senders.includes(sender) && (
        <Notice tone="warn">
          The ledger has no word to this sender. It has these senders: <Cut text={senders.join(', ')} />
        </Notice>
      )}
      {state === 'started' && (
        <Notice tone="warn">
          Twilio has its own list of opt-outs. While the number is on it, the next send fails (error 21610)
          and restores the opt-out here.
        </Notice>
      )}
    </>
  );
};
