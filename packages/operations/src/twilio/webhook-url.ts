import { WEBHOOK_PATHS, type WebhookRoute } from '@optout-sync/shared/domain';

/** Where a URL at Twilio leads, seen from an ingest at a base URL. */
export type UrlTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'ours'; readonly retries: boolean }
  /** Our path, behind another base URL than PUBLIC_URL. */
  | { readonly kind: 'other_base' }
  /** A flow of Twilio Studio. */
  | { readonly kind: 'flow' }
  | { readonly kind: 'elsewhere' };

const STUDIO_FLOW = /^https:\/\/webhooks(?:\.[\w.-]+)?\.twilio\.com\/v1\/Accounts\/\w+\/Flows\//;

/** The URL of a route, as it is set at Twilio. */
export function webhookUrl(publicUrl: string, route: WebhookRoute, overrides = ''): string {
  return `${publicUrl}${WEBHOOK_PATHS[route]}${overrides === '' ? '' : `#${overrides}`}`;
}

/**
 * Tells where a URL at Twilio leads. Signatures cover the URL without its fragment, character by character, so our base URL
 * has to be PUBLIC_URL exactly; ingest takes the path in any case.
 */
export function targetOf(url: string | undefined, route: WebhookRoute, publicUrl: string): UrlTarget {
  if (url === undefined) return { kind: 'none' };
  const [called = '', overrides = ''] = url.split('#', 2);
  const withoutQuery = called.replace(/\?.*$/, '').replace(/\/+$/, '');
  const path = WEBHOOK_PATHS[route];
  if (!withoutQuery.toLowerCase().endsWith(path)) {
    return { kind: STUDIO_FLOW.test(url) ? 'flow' : 'elsewhere' };
  }
  return withoutQuery.slice(0, -path.length) === publicUrl
    ? { kind: 'ours', retries: retriesErrors(overrides) }
    : { kind: 'other_base' };
}

/** Whether the overrides make Twilio call again after an HTTP error. */
function retriesErrors(overrides: string): boolean {
  const params = new URLSearchParams(overrides);
  const policies = (params.get('rp') ?? 'ct').split(',');
  return Number(params.get('rc') ?? 1) >= 1 && policies.some((policy) => ['all', '5xx'].includes(policy));
}

/** A URL for display: without user, password and query, which may hold a secret. */
export function shownUrl(url: string | undefined): string {
  if (url === undefined || url === '') return '(none)';
  if (!URL.canParse(url)) return '(not a URL)';
  const { protocol, host, pathname, search, hash } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}${hash}`;
}
