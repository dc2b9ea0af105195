import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TlsFiles } from '@optout-sync/testkit';

/** Makes a certificate for 127.0.0.1 and this host name, by openssl. It is valid for a day. */
export function makeCertificate(folder: string, host: string): TlsFiles {
  const [file, key] = [join(folder, 'fullchain.pem'), join(folder, 'privkey.pem')];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host},IP:127.0.0.1`];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', '-days', '1', ...newKey, '-out', file, ...names], {
    stdio: 'pipe',
  });
  return { file, key };
}
