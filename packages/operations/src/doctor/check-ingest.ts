import { ok, problem, skipped, type Finding } from './finding';

const TIMEOUT_MS = 2_000;

/** Reads the metrics of an ingest, if its private port can be reached: what the spool holds, and what was refused. */
export async function checkIngest({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<Finding[]> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}/metrics`;
  const page = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    .then((response) => (response.ok ? response.text() : ''))
    .catch(() => '');
  if (!page.includes('optout_spool_items')) {
    return [skipped('queues', `the spool of ingest: its private port (${url}) does not answer here`)];
  }
  const spooled = sum(page, 'optout_spool_items');
  const forged = sum(page, 'optout_webhooks_total', 'outcome="bad_signature"');
  const accepted = sum(page, 'optout_webhooks_total', 'outcome="accepted"');
  return [
    spooled > 0
      ? problem('queues', 'spool_in_use', `${String(spooled)} items are in the spool of ingest`)
      : ok('queues', 'the spool of ingest is empty'),
    ...(forged > 0
      ? [
          problem(
            'webhooks',
            'signatures_rejected',
            `since its start ingest refused ${String(forged)} webhooks with an invalid signature, and accepted ${String(accepted)} opt-outs and opt-ins`,
          ),
        ]
      : []),
  ];
}

/** The sum of a metric over the series that have the label. */
function sum(page: string, name: string, label = ''): number {
  return page
    .split('\n')
    .filter((line) => new RegExp(`^${name}[{ ]`).test(line) && line.includes(label))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
