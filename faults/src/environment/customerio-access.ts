import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TcpProxy } from '@optout-sync/testkit';
import { TlsFront } from './tls-front';

/** How the worker calls Customer.io: by its address, by TLS, or by a host name. */
export type AccessKind = 'address' | 'tls' | 'name';

/** The worker's way to Customer.io over a TCP proxy, with what can break on it besides the connection. */
export class CustomerIoAccess {
  private constructor(
    readonly url: string,
    /** What the worker needs in its environment for it. */
    readonly env: Record<string, string>,
    /** The preloads that the worker needs for it. */
    readonly preloads: readonly string[],
    private readonly proxy: TcpProxy,
    private readonly front: TlsFront | undefined,
    private readonly namesGone: string | undefined,
  ) {}

  /** @param folder for its own files */
  static async open(kind: AccessKind, proxy: TcpProxy, folder: string): Promise<CustomerIoAccess> {
    const port = String(proxy.port);
    switch (kind) {
      case 'tls': {
        const front = await TlsFront.start(proxy.port);
        const env = { NODE_EXTRA_CA_CERTS: front.authority };
        return new CustomerIoAccess(front.url, env, [], proxy, front, undefined);
      }
      case 'name': {
        const file = join(folder, 'names-gone');
        const url = `http://localhost:${port}`;
        return new CustomerIoAccess(url, { NAMES_GONE_FILE: file }, ['names'], proxy, undefined, file);
      }
      default:
        return new CustomerIoAccess(`http://127.0.0.1:${port}`, {}, [], proxy, undefined, undefined);
    }
  }

  /** @throws {Error} unless the worker calls by TLS */
  async presentCertificate(name: 'valid' | 'expired'): Promise<void> {
    if (!this.front) throw new Error('the worker does not call Customer.io by TLS');
    await this.front.present(name);
  }

  /** Has no host name found, or found again; the connections are cut. @throws {Error} unless the worker calls by name */
  async hideNames(areHidden: boolean): Promise<void> {
    if (this.namesGone === undefined) throw new Error('the worker does not call Customer.io by name');
    if (areHidden) await writeFile(this.namesGone, '');
    else await rm(this.namesGone, { force: true });
    this.proxy.resetAll();
  }

  async stop(): Promise<void> {
    await this.front?.stop();
  }
}
