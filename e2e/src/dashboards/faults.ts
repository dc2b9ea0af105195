import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import { AUTH_TOKEN, type Running, type System } from '@optout-sync/testkit/system';
import { messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import { newPeople } from '../support/stop-workload';

const until = (what: string, condition: () => Promise<boolean> | boolean): Promise<unknown> =>
  waitFor(condition, { what, timeoutMs: 60_000, everyMs: 200 });

const stopOf = (From: string, more: Record<string, string> = {}): Record<string, string> =>
  twilioMessage({ From, OptOutType: 'STOP', ...more });

/** Requests that nobody should send, a job of a newer worker, and a profile that is made after the STOP of its number. */
export async function oddities(system: System, ingest: Running): Promise<void> {
  const [phone = '', other = ''] = newPeople(system, 2);
  const forged = AUTH_TOKEN.replace(/^./, 'f');
  for (let n = 0; n < 5; n++) await system.deliver(ingest, stopOf(other), { authToken: forged });
  await system.deliver(ingest, stopOf(other), { path: '/webhooks/twilio/sms' });
  await system.deliver(ingest, stopOf(other, { SmsSid: messageSid() }));
  await malformed(ingest);
  await system.queues.people.add('newer', { payload: { version: 99, id: 'x' } } as never);

  await system.deliver(ingest, stopOf(phone));
  await system.settled([phone]);
  system.sandbox.workspace().addPerson({ attributes: { phone } });
  const who = ['--yes', '--by', 'Ann', '--why', 'the profile is new'];
  await system.cli(['optouts', 'verify', phone, '--fix', ...who]);
  await until('the correction', () => system.attribute(phone).every((value) => value === true));
}

/** Stops the process of Redis until the spool has a few items, and waits until it is empty again. */
export async function breakRedis(system: System): Promise<void> {
  await system.redis.kill('SIGSTOP');
  try {
    await until('items in the spool', async () => (await system.metric('optout_spool_items')) > 5);
    // Redis counts as gone once a few of its pings were not answered.
    await delay(12_000);
  } finally {
    await system.redis.kill('SIGCONT');
  }
  await until('an empty spool', async () => (await system.metric('optout_spool_items')) === 0);
}

/** Kills a worker in the middle of jobs, which another one takes over. */
export async function killWorker(system: System, worker: Running): Promise<void> {
  const slow = system.sandbox.fault({ effect: { kind: 'latency', ms: 3_000 } });
  try {
    await until('requests that are slow', () => slow.hits >= 4);
    await worker.kill('SIGKILL');
  } finally {
    slow.remove();
  }
  await until('stalled jobs', async () => (await system.metric('optout_jobs_stalled_total')) > 0);
}

/** Customer.io refuses some people for good; then they are replayed. */
export async function deadLettersAndReplay(system: System, ingest: Running): Promise<void> {
  const phones = newPeople(system, 6);
  const faults = phones.map((phone) =>
    system.sandbox.fault({
      match: { operation: 'search', bodyIncludes: phone },
      effect: { kind: 'status', status: 400, body: { meta: { error: 'no such number' } } },
    }),
  );
  for (const phone of phones) await system.deliver(ingest, stopOf(phone));
  const refused = (): Promise<number> =>
    system.metric('optout_dead_letters_total', 'code="customerio_refused"');
  await until('dead letters', async () => (await refused()) >= phones.length);
  for (const fault of faults) fault.remove();
  const audit = ['--by', 'Ann', '--why', 'the people are corrected'];
  const filters = ['--code', 'customerio_refused', '--rate', '1'];
  const { code, error } = await system.cli(['dlq', 'replay', ...filters, '--yes', ...audit]);
  if (code !== 0) throw new Error(`the replay failed: ${error}`);
}

/** A limit, then rejected keys, each for a moment, then 500 for `outage` seconds. */
export async function breakCustomerIo(system: System, outage: number): Promise<void> {
  const { sandbox } = system;
  const headers = { 'retry-after': '2' };
  const limited = sandbox.fault({ times: 3, effect: { kind: 'status', status: 429, headers } });
  await until('answers with 429', () => limited.hits >= 3);
  const rejected = sandbox.fault({ effect: { kind: 'status', status: 401, body: {} } });
  await until('a pause', async () => (await system.metric('optout_workspace_paused')) > 0);
  await delay(5_000);
  rejected.remove();
  await until('the end of the pause', async () => (await system.metric('optout_workspace_paused')) === 0);
  const down = sandbox.fault({ effect: { kind: 'status', status: 500 } });
  await delay(outage * 1_000);
  down.remove();
}

/** A request that is not HTTP. */
function malformed(ingest: Running): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(ingest.port, '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'));
    socket
      .resume()
      .on('close', resolve)
      .on('error', () => undefined);
  });
}
