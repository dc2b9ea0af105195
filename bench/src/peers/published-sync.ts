import axios from 'axios';

/*
 * The published way to sync opt-outs from Twilio to Customer.io: per opt-out one search, then one write per person found, in
 * options. Syncs phones for a while and prints how many. The pace `limit` starts as many opt-outs per second as the App API's
 * limit allows, evenly spaced; the pace `one by one` completes each opt-out before the next.
 */
interface Options {
  readonly url: string;
  readonly siteId: string;
  readonly trackApiKey: string;
  readonly appApiKey: string;
  readonly phones: readonly string[];
  readonly forMs: number;
  readonly pace: 'one by one' | 'limit';
  readonly searchesPerSecond: number;
}

const options = JSON.parse(process.argv[2] ?? '') as Options;
const app = axios.create({ baseURL: options.url, headers: { authorization: `Bearer ${options.appApiKey}` } });
const track = axios.create({
  baseURL: options.url,
  auth: { username: options.siteId, password: options.trackApiKey },
});

async function optOut(phone: string): Promise<void> {
  const filter = { and: [{ attribute: { field: 'phone', operator: 'eq', value: phone } }] };
  const { data } = await retryingOn429(() =>
    app.post<{ identifiers: { cio_id: string }[] | null }>('/v1/customers', { filter }),
  );
  for (const { cio_id } of data.identifiers ?? []) {
    const write = { sms_unsubscribe: true, _update: true };
    await retryingOn429(() => track.put(`/api/v1/customers/cio_${cio_id}`, write));
  }
}

async function retryingOn429<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!axios.isAxiosError(error) || error.response?.status !== 429) throw error;
      const seconds = Number(error.response.headers['retry-after'] ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    }
  }
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  let done = 0;
  const underWay: Promise<void>[] = [];
  for (const [index, phone] of options.phones.entries()) {
    if (elapsed() >= options.forMs) break;
    if (options.pace === 'one by one') {
      await optOut(phone);
      done++;
      continue;
    }
    const due = (index * 1_000) / options.searchesPerSecond;
    if (due > elapsed()) await new Promise((resolve) => setTimeout(resolve, due - elapsed()));
    underWay.push(
      optOut(phone).then(() => {
        done++;
      }),
    );
  }
  await Promise.all(underWay);
  process.stdout.write(`${JSON.stringify({ done, seconds: elapsed() / 1_000 })}\n`);
}

void main();
