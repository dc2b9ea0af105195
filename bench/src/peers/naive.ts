import { Queue } from 'bullmq';
import express from 'express';
import { validateRequest } from 'twilio';

/*
 * The obvious implementation: Express, its form parser, Twilio's validator, a job in BullMQ. Without classification, logs
 * and metrics.
 */
const { PORT, REDIS_URL = '', AUTH_TOKEN = '', PUBLIC_URL = '', WEBHOOK_PATH = '' } = process.env;

const queue = new Queue('inbound-events', { connection: { url: REDIS_URL }, prefix: 'naive' });
const app = express();
app.use(express.urlencoded({ extended: false }));
app.get('/healthz', (_, response) => void response.sendStatus(200));
app.post(WEBHOOK_PATH, async (request, response) => {
  const params = request.body as Record<string, string>;
  const signature = request.header('x-twilio-signature') ?? '';
  if (!validateRequest(AUTH_TOKEN, signature, PUBLIC_URL + request.originalUrl, params)) {
    response.sendStatus(403);
    return;
  }
  const { MessageSid, From, To, Body, OptOutType, MessagingServiceSid } = params;
  await queue.add('message', { MessageSid, From, To, Body, OptOutType, MessagingServiceSid });
  response.type('text/xml').send('<Response/>');
});
app.listen(Number(PORT), '127.0.0.1');
