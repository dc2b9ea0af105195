/** The products of Twilio whose APIs are used: the first label of their host. */
export const PRODUCTS = ['api', 'messaging', 'events', 'accounts', 'webhooks'] as const;
export type Product = (typeof PRODUCTS)[number];

/** Twilio's own hosts, with the edge and region of one outside of the US: `api.twilio.com`, `api.dublin.ie1.twilio.com`. */
const TWILIO_HOST = /^api\.((?:[a-z0-9-]+\.)*twilio\.com)$/;

/**
 * Returns the base URL of a product's API. Twilio has a host for each; any other base URL, as of a proxy or the simulator,
 * serves all of them, since their paths differ.
 *
 * @param apiUrl the base URL of the product `api`, without a trailing slash
 */
export function apiHost(apiUrl: string, product: Product): string {
  const { hostname, protocol } = new URL(apiUrl);
  const domain = TWILIO_HOST.exec(hostname)?.[1];
  return domain === undefined ? apiUrl : `${protocol}//${product}.${domain}`;
}

/** The Twilio region that a base URL names, such as `ie1`; `us1` for none. `undefined` where the host is not Twilio's. */
export function regionOf(apiUrl: string): string | undefined {
  const domain = TWILIO_HOST.exec(new URL(apiUrl).hostname)?.[1];
  if (domain === undefined) return undefined;
  return /(?:^|\.)([a-z]{2}\d)\.twilio\.com$/.exec(domain)?.[1] ?? 'us1';
}
