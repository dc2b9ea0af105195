import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@optout-sync/local-runtime/process';
import { documented, runProxy, type StartProxy } from './proxy';

const BINARIES = [
  '/usr/sbin/nginx',
  '/usr/local/sbin/nginx',
  '/usr/local/bin/nginx',
  '/opt/homebrew/bin/nginx',
];

export const startNginx: StartProxy = async (folder, certificate, ports) => {
  const command = BINARIES.find((file) => existsSync(file));
  if (!command) throw new Error('there is no nginx: install one, such as the package nginx-light of Debian');
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
    // Started by root, it would give its files to another user.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'events {}',
    `http { access_log off; ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}\n${server} }`,
  ];
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  await writeFile(file, settings.join('\n'));
  return runProxy(port, { command, args: ['-p', folder, '-c', file, '-e', 'stderr'] });
};
