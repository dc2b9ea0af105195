/** A certificate that vouches for itself, and its key: paths of PEM files. */
export interface TlsFiles {
  readonly file: string;
  readonly key: string;
}

/**
 * The settings of a server or sentinel that also listens with TLS on `port`, and uses TLS to the others. Its other port stays
 * open for the tests' own commands.
 */
export function tlsSettings({ file, key }: TlsFiles, port: number): Readonly<Record<string, string>> {
  return {
    'tls-port': String(port),
    'tls-cert-file': file,
    'tls-key-file': key,
    'tls-ca-cert-file': file,
    'tls-auth-clients': 'no',
    'tls-replication': 'yes',
  };
}
