// The webhook of the alerts: POST /alerts takes them from Alertmanager, GET /alerts lists the names of those that it got.
import { createServer } from 'node:http';

const alerts = new Set();

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.method === 'POST')
    for (const { labels } of JSON.parse(body).alerts) alerts.add(labels.alertname);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify([...alerts]));
});

server.listen(8080);
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
