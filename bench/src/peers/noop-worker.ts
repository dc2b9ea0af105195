import { createServer } from 'node:http';
import { Worker } from 'bullmq';

/* A BullMQ worker without any work: the minimum cost of a worker. */
const { PORT, REDIS_URL = '', QUEUE_PREFIX = '' } = process.env;

const worker = new Worker('inbound-events', () => Promise.resolve('done'), {
  connection: { url: REDIS_URL, maxRetriesPerRequest: null },
  prefix: QUEUE_PREFIX,
  concurrency: 50,
});
createServer((_, response) => {
  response.writeHead(worker.isRunning() ? 200 : 503).end();
}).listen(Number(PORT), '127.0.0.1');
