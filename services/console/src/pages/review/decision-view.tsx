import type { Subject } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { withMaskedPhones } from '@optout-sync/shared/domain';
import { mayDo, type User } from '../../http/route';
import { Badge } from '../../views/badge';
import { Cut } from '../../views/cut';
import { ActionForm } from '../../views/form';
import { Notice } from '../../views/notice';
import { Phone } from '../../views/phone';
import { Time } from '../../views/time';

interface Decision {
  readonly messageSid: string | undefined;
  readonly receivedAt: number;
  /** The rule or code that put it on the list. */
  readonly rule: string | undefined;
  /** The code of a dead letter: the message may be made of another one. */
  readonly code?: string;
  /** Whose message it is, or says to be. */
  readonly claim?: Subject & { readonly sender: string };
  readonly entry: LedgerEntry | undefined;
  readonly personPath: string | undefined;
  readonly path: string;
  readonly user: User;
  readonly csrf: string;
}

/** A message, what the ledger has of its phone, and the two decisions. */
export const DecisionView = (decision: Decision) => {
  const { code, user } = decision;
  return (
    <>
      {code !== undefined && (
        <Notice tone="warn">
          Twilio signed it, and the signed text can be split into another message too (<code>{code}</code>).
          Compare it with Twilio&apos;s message log before you decide.
        </Notice>
      )}
      <Facts {...decision} />
      {mayDo(user.role, 'operator') && <Decisions {...decision} />}
      <p>
        <a href="/review">Back, and change nothing</a>
      </p>
    </>
  );
};

const Facts = ({ messageSid, receivedAt, rule, code, claim, entry, personPath }: Decision) => (
  <dl>
    <dt>Message</dt>
    <dd>
      {messageSid === undefined ? '–' : <Cut text={withMaskedPhones(messageSid)} />}, received{' '}
      <Time at={receivedAt} />. Its text is not stored; Twilio&apos;s message log has it.
    </dd>
    {rule !== undefined && (
      <>
        <dt>Rule</dt>
        <dd>
          <Cut text={rule} />
        </dd>
      </>
    )}
    <dt>Phone</dt>
    <dd>
      {claim && personPath !== undefined ? (
        <>
          <a href={personPath}>
            <Phone value={claim.phone} />
          </a>{' '}
          on {claim.channel}, workspace <Cut text={claim.workspace} />
        </>
      ) : (
        'none of a configured account'
      )}
    </dd>
    {claim && <Present sender={claim.sender} entry={entry} masked={code !== undefined} />}
  </dl>
);

const Decisions = ({ code, claim, path, csrf }: Decision) => (
  <section aria-label="Decision" class="columns">
    {claim && (
      <ActionForm
        action={`${path}/apply`}
        csrf={csrf}
        button="Opt this person out"
        runbook="overrides.md#the-review-list"
      />
    )}
    <ActionForm
      action={`${path}/dismiss`}
      csrf={csrf}
      danger={code !== undefined}
      button={code === undefined ? 'Dismiss: no opt-out' : 'Dismiss: discard 1 dead letter'}
      runbook={code === undefined ? 'overrides.md#the-review-list' : 'dead-letters.md'}
    />
  </section>
);

const Present = ({
  sender,
  entry,
  masked,
}: {
  readonly sender: string;
  readonly entry: LedgerEntry | undefined;
  /** What another message may be made of can name a person in place of a sender of ours. */
  readonly masked: boolean;
}) => {
  const present = entry?.senders.get(sender);
  return (
    <>
      <dt>To your sender</dt>
      <dd>
        <Cut text={masked ? withMaskedPhones(sender) : sender} />
      </dd>
      <dt>Now</dt>
      <dd>
        {present ? (
          <>
            <Badge tone={present.state === 'stopped' ? 'warn' : 'good'}>
              {present.state === 'stopped' ? 'opted out' : 'opted in'}
            </Badge>{' '}
            since <Time at={present.since} />
          </>
        ) : (
          'has sent neither STOP nor START to it'
        )}
      </dd>
    </>
  );
};
