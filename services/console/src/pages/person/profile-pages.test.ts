import { profilePagesOf } from './profile-pages';

const KEYS = { CUSTOMERIO_SITE_ID: 'a', CUSTOMERIO_TRACK_API_KEY: 'b', CUSTOMERIO_APP_API_KEY: 'c' };

describe('profilePagesOf', () => {
  it('leads to Customer.io in the region of the workspace', () => {
    expect(profilePagesOf(KEYS, 'default')).toBe('https://fly.customer.io/workspaces/last/journeys/people/');
    expect(profilePagesOf({ ...KEYS, CUSTOMERIO_REGION: 'eu' }, 'default')).toBe(
      'https://fly-eu.customer.io/workspaces/last/journeys/people/',
    );
  });

  it('leads nowhere from a sandbox, another workspace or without keys', () => {
    expect(
      profilePagesOf({ ...KEYS, CUSTOMERIO_APP_URL: 'http://127.0.0.1:8070' }, 'default'),
    ).toBeUndefined();
    expect(profilePagesOf(KEYS, 'shop')).toBeUndefined();
    expect(profilePagesOf({}, 'default')).toBeUndefined();
  });
});
