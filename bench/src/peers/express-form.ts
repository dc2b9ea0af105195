import express from 'express';

/* Express with its form parser and nothing else. */
const { PORT, WEBHOOK_PATH = '' } = process.env;

const app = express();
app.use(express.urlencoded({ extended: false }));
app.get('/healthz', (_, response) => void response.sendStatus(200));
app.post(WEBHOOK_PATH, (_, response) => void response.sendStatus(200));
app.listen(Number(PORT), '127.0.0.1');
