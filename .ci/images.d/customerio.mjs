// A minimal Customer.io for the check: it accepts every key, is in the US region, and has no people.
import { createServer } from 'node:http';

const ANSWERS = {
  'GET /api/v1/accounts/region': { region: 'us' },
  'POST /v1/customers': { identifiers: [], ids: [], next: '' },
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://customerio');
  const answer = ANSWERS[`${request.method} ${pathname}`];
  request.resume();
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? { meta: { error: 'not found' } }));
});
server.listen(8080);
process.once('SIGTERM', () => process.exit(0));
