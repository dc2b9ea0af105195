// A minimal Customer.io for the check: it accepts every key, is in the US region, and has no people. It is also the webhook of
// the alerts: GET /alerts lists the names of those that it got.
import { createServer } from 'node:http';

const ANSWERS = {
  'GET /api/v1/accounts/region': { region: 'us' },
  'POST /v1/customers': { identifiers: [], ids: [], next: '' },
};

const alerts = new Set();

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://customerio');
  let body = '';
  for await (const chunk of request) body += chunk;
  if (pathname === '/alerts' && request.method === 'POST') {
    for (const { labels } of JSON.parse(body).alerts) alerts.add(labels.alertname);
  }
  const answer = pathname === '/alerts' ? [...alerts] : ANSWERS[`${request.method} ${pathname}`];
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? { meta: { error: 'not found' } }));
});
server.listen(8080);
process.once('SIGTERM', () => process.exit(0));
