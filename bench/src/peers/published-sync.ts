import axios from 'axios';

/*
 * The way that is published for keeping Customer.io in step with Twilio: for each opt-out one search and one write for each
 * person found, in order. Syncs phones for a while and prints how many. PACE=limit sends as many at once as the App API's
 * limit allows, started evenly; otherwise it waits for each opt-out before the next.
 */
interface Order {
  readonly url: string;
  readonly siteId: string;
  readonly trackApiKey: string;
  readonly appApiKey: string;
  readonly phones: readonly string[];
  readonly forMs: number;
  readonly pace: 'one by one' | 'limit';
  readonly searchesPerSecond: number;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const app = axios.create({ baseURL: order.url, headers: { authorization: `Bearer ${order.appApiKey}` } });
const track = axios.create({
  baseURL: order.url,
  auth: { username: order.siteId, password: order.trackApiKey },
});

async function optOut(phone: string): Promise<void> {
  const filter = { and: [{ attribute: { field: 'phone', operator: 'eq', value: phone } }] };
  const { data } = await patiently(() =>
    app.post<{ identifiers: { cio_id: string }[] | null }>('/v1/customers', { filter }),
  );
  for (const { cio_id } of data.identifiers ?? []) {
    const write = { sms_unsubscribe: true, _update: true };
    await patiently(() => track.put(`/api/v1/customers/cio_${cio_id}`, write));
  }
}

async function patiently<T>(call: () => Promise<T>): Promise<T> {
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
  for (const [index, phone] of order.phones.entries()) {
    if (elapsed() >= order.forMs) break;
    if (order.pace === 'one by one') {
      await optOut(phone);
      done++;
      continue;
    }
    const due = (index * 1_000) / order.searchesPerSecond;
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
