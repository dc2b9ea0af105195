/** Customer.io's API hosts by region. */
export const HOSTS = {
  us: { app: 'https://api.customer.io', track: 'https://track.customer.io' },
  eu: { app: 'https://api-eu.customer.io', track: 'https://track-eu.customer.io' },
} as const;
