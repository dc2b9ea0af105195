import { join } from 'node:path';
import express, { type Router } from 'express';

const OWN = join(__dirname, '../../assets');

const FILES = {
  '/console.css': join(OWN, 'console.css'),
  '/console.js': join(OWN, 'console.js'),
  '/htmx.js': require.resolve('htmx.org/dist/htmx.min.js'),
  '/htmx-sse.js': require.resolve('htmx-ext-sse/dist/sse.min.js'),
} as const;

/** The static files, from this package and from the pinned packages of htmx. */
export function createAssets(): Router {
  const router = express.Router();
  for (const [path, file] of Object.entries(FILES)) {
    router.get(path, (_, response) => {
      response.sendFile(file, { maxAge: '1h' });
    });
  }
  return router;
}
