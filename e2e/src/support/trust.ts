import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/**
 * Has this process trust a certificate authority beside the well-known ones, as NODE_EXTRA_CA_CERTS has a new process do.
 * Returns how to end it.
 */
export function trust(file: string): () => void {
  const original = tls.createSecureContext;
  tls.createSecureContext = (options) => {
    const context = original(options);
    (context.context as { addCACert(pem: string): void }).addCACert(readFileSync(file, 'utf8'));
    return context;
  };
  return () => {
    tls.createSecureContext = original;
  };
}
