import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** How long each certificate is valid from now on, in days. */
const CERTIFICATES = { valid: 2, expired: -1 } as const;

type CertificateName = keyof typeof CERTIFICATES;

/** Ends TLS in front of a server of this machine, with a certificate of an authority of its own. */
export class TlsFront {
  private constructor(
    private readonly server: Server,
    private readonly sockets: ReadonlySet<Socket>,
    private readonly folder: string,
    private readonly key: Buffer,
  ) {}

  /** @throws {Error} without the program `openssl` */
  static async start(port: number): Promise<TlsFront> {
    const folder = await mkdtemp(join(tmpdir(), 'optout-sync-tls-'));
    await makeCertificates(folder);
    const key = await readFile(join(folder, 'leaf.key'));
    const sockets = new Set<Socket>();
    const server = createServer({ key, cert: await readFile(join(folder, 'valid.pem')) }, (client) => {
      const upstream = connect({ host: '127.0.0.1', port });
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.pipe(upstream).pipe(client);
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TlsFront(server, sockets, folder, key);
  }

  get url(): string {
    return `https://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** The file with the certificate of the authority, for NODE_EXTRA_CA_CERTS. */
  get authority(): string {
    return join(this.folder, 'ca.pem');
  }

  /** Presents another certificate from now on, and cuts the connections that were made with the one before. */
  async present(name: CertificateName): Promise<void> {
    const cert = await readFile(join(this.folder, `${name}.pem`));
    this.server.setSecureContext({ key: this.key, cert });
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const newKey = (file: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', file];
  const days = ['-days', String(CERTIFICATES.valid)];
  await openssl('req', '-x509', ...newKey('ca.key'), '-out', 'ca.pem', ...days, '-subj', '/CN=faults');
  await openssl('req', ...newKey('leaf.key'), '-out', 'leaf.csr', '-subj', '/CN=localhost');
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  for (const [name, valid] of Object.entries(CERTIFICATES)) {
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
    const out = ['-days', String(valid), '-out', `${name}.pem`];
    await openssl('x509', '-req', '-in', 'leaf.csr', ...signed, ...out);
  }
}
