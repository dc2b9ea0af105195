import { connect } from 'node:tls';
import { problem, ok, type Finding } from './finding';
import { duration } from './duration';

const TIMEOUT_MS = 10_000;
/** Let's Encrypt renews 30 days before the end. */
const SOON_MS = 14 * 86_400_000;

/** Checks the certificate at an https URL; undefined when nothing answers. */
export async function checkCertificate(url: URL, now: number): Promise<Finding | undefined> {
  const certificate = await readCertificate(url);
  if (!certificate) return undefined;
  const { validTo, error } = certificate;
  const left = validTo - now;
  if (error !== undefined)
    return problem('public_url', 'tls_invalid', `the certificate of ${url.host} is not valid: ${error}`);
  const what = `the certificate of ${url.host} is valid for ${duration(left)}`;
  return left < SOON_MS ? problem('public_url', 'tls_expires_soon', what) : ok('public_url', what);
}

interface Certificate {
  /** In ms since 1970. */
  readonly validTo: number;
  /** Why Node's certificate authorities do not vouch for it. */
  readonly error: string | undefined;
}

function readCertificate(url: URL): Promise<Certificate | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(url.port || 443),
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      // The reason is reported, not thrown.
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    });
    const done = (certificate: Certificate | undefined): void => {
      socket.destroy();
      resolve(certificate);
    };
    socket.once('secureConnect', () => {
      const { valid_to } = socket.getPeerCertificate();
      const { authorized, authorizationError: error } = socket;
      done({ validTo: Date.parse(valid_to), error: authorized ? undefined : String(error) });
    });
    socket.once('error', () => done(undefined));
    socket.once('timeout', () => done(undefined));
  });
}
