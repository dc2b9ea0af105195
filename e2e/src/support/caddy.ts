import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@optout-sync/local-runtime/process';
import { provideProgram } from './provide-program';
import { documented, runProxy, type StartProxy } from './proxy';

const HOST = 'optout.example.com';
const mayInstall = process.env.NO_INSTALL === undefined;

export const startCaddy: StartProxy = async (folder, certificate, [ingest]) => {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const command = await provideProgram(['caddy'], mayInstall, log);
  const port = await freePort();
  const options = ['admin off', 'auto_https disable_redirects', `storage file_system ${folder}/storage`];
  const config = documented('caddyfile', {
    // Caddy takes one block of options.
    '{\n  log {': `{\n${options.join('\n')}\n  log {`,
    // It would get its certificate from an authority on the internet.
    [`${HOST} {`]: `https://${HOST}:${String(port)} {\n  bind 127.0.0.1\n  tls ${certificate.file} ${certificate.key}`,
    '127.0.0.1:8080': `127.0.0.1:${String(ingest)}`,
  });
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'Caddyfile');
  await writeFile(file, config);
  const args = ['run', '--config', file, '--adapter', 'caddyfile'];
  // Its folders are in the home folder otherwise.
  return runProxy(port, { command, args, env: { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder } });
};
