import type { Status } from '@optout-sync/operations';
import { HourView } from '../../minutes/hour-view';
import type { Hour } from '../../minutes/read-hour';
import { DocsLink } from '../../views/form';
import { Notice } from '../../views/notice';
import { Time } from '../../views/time';
import { needsOf, type Need } from './needs';

/** The part of the overview that is live. */
export const OverviewNumbers = ({
  status,
  hour,
}: {
  readonly status: Status;
  readonly hour: Hour | undefined;
}) => {
  const unapplied = status.workspaces.reduce((sum, workspace) => sum + workspace.unapplied.count, 0);
  const oldest = Math.min(...status.workspaces.map((workspace) => workspace.unapplied.oldest ?? Infinity));
  const running = (service: string): number =>
    status.instances.filter((instance) => instance.service === service).length;
  return (
    <>
      <Needs needs={needsOf(status)} />
      <section aria-label="Now">
        <dl>
          <dt>opt-outs not applied yet</dt>
          <dd>
            {unapplied}
            {Number.isFinite(oldest) && (
              <>
                , the oldest since <Time at={oldest} />
              </>
            )}
          </dd>
          <dt>dead letters</dt>
          <dd>
            <a href="/dead-letters">{status.deadLetters.count.toLocaleString('en-US')}</a>
          </dd>
          <dt>replays under way</dt>
          <dd>
            <a href="/runs?kind=replay">{status.openRuns}</a>
          </dd>
          <dt>processes</dt>
          <dd>
            {running('ingest')} ingest, {running('worker')} worker
          </dd>
        </dl>
      </section>
      {hour && <HourView hour={hour} />}
    </>
  );
};

const Needs = ({ needs }: { readonly needs: readonly Need[] }) =>
  needs.length === 0 ? (
    <Notice>Nothing needs anybody now.</Notice>
  ) : (
    <Notice tone="warn">
      <strong>This needs somebody now</strong>
      <ul>
        {needs.map(({ text, href, runbook }) => (
          <li>
            <a href={href}>{text}</a> <DocsLink page={runbook}>What to do</DocsLink>
          </li>
        ))}
      </ul>
    </Notice>
  );
