import express from 'express';

/* Express with its form parser, doing nothing else. */
const app = express();
app.use(express.urlencoded({ extended: false }));
app.get('/healthz', (_, response) => void response.sendStatus(200));
app.post('/webhooks/twilio/messages', (_, response) => void response.sendStatus(200));
app.listen(Number(process.env.PORT), '127.0.0.1');
