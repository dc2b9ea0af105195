import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { OwnedProcess, freePort, inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import type { TlsFiles } from '@optout-sync/testkit';

const DEPLOY = join(__dirname, '../../../docs/deploy.md');
const BINARIES = [
  '/usr/sbin/nginx',
  '/usr/local/sbin/nginx',
  '/usr/local/bin/nginx',
  '/opt/homebrew/bin/nginx',
];

export interface Nginx {
  /** Where it listens, by TLS. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The configuration in docs/deploy.md, which names two ingests, the second in a comment. */
function documented(replacements: Readonly<Record<string, string>>): string {
  const [, block] = /```nginx\n([\s\S]*?)```/.exec(readFileSync(DEPLOY, 'utf8')) ?? [];
  return Object.entries(replacements).reduce((config, [text, replacement]) => {
    if (!config.includes(text)) throw new Error(`docs/deploy.md: the configuration of nginx has no ${text}`);
    return config.replace(text, replacement);
  }, block ?? '');
}

/**
 * Starts nginx in `folder` with the configuration of docs/deploy.md, but for its addresses and files.
 *
 * @throws {Error} when there is no nginx, or it does not listen
 */
export async function startNginx(
  folder: string,
  certificate: TlsFiles,
  ports: readonly number[],
): Promise<Nginx> {
  const command = BINARIES.find((file) => existsSync(file));
  if (!command) throw new Error('there is no nginx: install one, such as the package nginx-light of Debian');
  const port = await freePort();
  const [first, second] = ports.map((each) => `127.0.0.1:${String(each)}`);
  const server = documented({
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
  await writeFile(join(folder, 'nginx.conf'), settings.join('\n'));
  const running = await OwnedProcess.start({
    command,
    args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    env: inheritedEnv(),
  });
  const accepts = async (): Promise<boolean> => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } finally {
      socket.destroy();
    }
  };
  await waitFor(accepts, {
    what: 'nginx to listen',
    timeoutMs: 30_000,
    giveUp: () => running.ended !== undefined && running.logs().join('\n'),
  });
  return {
    url: `https://127.0.0.1:${String(port)}`,
    async stop() {
      await running.stop(10_000);
    },
  };
}
