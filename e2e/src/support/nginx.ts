import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@optout-sync/local-runtime/process';
import { adapted, documented, runProxy, type Proxy, type StartProxy } from './proxy';

const BINARIES = [
  '/usr/sbin/nginx',
  '/usr/local/sbin/nginx',
  '/usr/local/bin/nginx',
  '/opt/homebrew/bin/nginx',
];

const ROLLING = join(__dirname, '../../../deploy/nginx/rolling.conf');

/** Started by root, it would give its files to another user. */
const asRoot = (): string => (process.getuid?.() === 0 ? 'user root;' : '');

export const startNginx: StartProxy = async (folder, certificate, ports) => {
  const port = await freePort();
  const [first, second] = ports.map((each) => `127.0.0.1:${String(each)}`);
  const server = documented('nginx', {
    '127.0.0.1:8080': first ?? '',
    '# server 10.0.0.7:8080;': second === undefined ? '' : `server ${second};`,
    '443 ssl': `127.0.0.1:${String(port)} ssl`,
    '/etc/ssl/optout-sync/fullchain.pem': certificate.file,
    '/etc/ssl/optout-sync/privkey.pem': certificate.key,
  });
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const settings = [
    'daemon off;',
    `pid ${folder}/nginx.pid;`,
    `error_log stderr;`,
    asRoot(),
    'events {}',
    `http { access_log ${folder}/access.log; ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}\n${server} }`,
  ];
  return run(folder, port, settings.join('\n'));
};

/** The proxy of docker-compose.yml, which has its TLS from another one, with the first ingest alone. */
export const startRollingNginx: StartProxy = async (folder, _, [ingest]) => {
  const port = await freePort();
  const config = adapted(
    readFileSync(ROLLING, 'utf8').replaceAll('/tmp/', `${folder}/`),
    {
      // A socket here, which cannot be opened by its name.
      '/dev/stderr': 'stderr',
      'listen 8080': `listen 127.0.0.1:${String(port)}`,
      'set $ingest ingest:8080': `set $ingest 127.0.0.1:${String(ingest)}`,
    },
    'deploy/nginx/rolling.conf',
  );
  const proxy = await run(folder, port, `daemon off; ${asRoot()}\n${config}`);
  return { ...proxy, url: proxy.url.replace('https:', 'http:') };
};

async function run(folder: string, port: number, config: string): Promise<Proxy> {
  const command = BINARIES.find((file) => existsSync(file));
  if (!command) throw new Error('there is no nginx: install one, such as the package nginx-light of Debian');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  await writeFile(file, config);
  return runProxy(port, { command, args: ['-p', folder, '-c', file, '-e', 'stderr'] });
}
