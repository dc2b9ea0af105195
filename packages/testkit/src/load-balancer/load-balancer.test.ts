import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@optout-sync/local-runtime/process';
import { startLoadBalancer, type LoadBalancer } from './load-balancer';

describe('the load balancer', () => {
  let balancer: LoadBalancer;
  const servers: Server[] = [];
  afterEach(async () => {
    await balancer.stop();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function backend(name: string) {
    const state = { ready: 200, requests: 0, server: undefined as Server | undefined };
    const server = createServer((request, response) => {
      if (request.url === '/readyz') {
        response.writeHead(state.ready).end();
        return;
      }
      state.requests += 1;
      response.writeHead(200, { 'x-name': name }).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return Object.assign(state, { port, readyUrl: `http://127.0.0.1:${port}/readyz` });
  }
  const ask = async () => {
    const response = await fetch(`${balancer.url}/`);
    await response.text();
    return response.status === 200 ? response.headers.get('x-name') : response.status;
  };

  it('sends requests in turn to ready backends over keep-alive connections, and answers 503 without one', async () => {
    balancer = await startLoadBalancer({ pollMs: 10 });
    expect(await ask()).toBe(503);
    const [one, two] = [await backend('one'), await backend('two')];
    balancer.add(one);
    balancer.add(two);
    await waitFor(async () => new Set([await ask(), await ask()]).size === 2, { what: 'both to be ready' });
    const answers = [await ask(), await ask(), await ask(), await ask()];
    expect(answers.filter((name) => name === 'one')).toHaveLength(2);
    expect(balancer.reused).toBeGreaterThanOrEqual(2);
    one.ready = 503;
    await waitFor(async () => (await ask()) === 'two' && (await ask()) === 'two', { what: 'one to be out' });
    const before = one.requests;
    expect([await ask(), await ask()]).toEqual(['two', 'two']);
    expect(one.requests).toBe(before);
  });

  it('sends a request once and records how it failed', async () => {
    balancer = await startLoadBalancer({ pollMs: 10_000 });
    const gone = await backend('gone');
    balancer.add(gone);
    await waitFor(async () => (await ask()) === 'gone', { what: 'it to be ready' });
    const [server] = servers;
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    expect(await ask()).toBe(502);
    expect(balancer.failures).toEqual([expect.stringMatching(/ECONNREFUSED|ECONNRESET|hang up/)]);
  });
});
