import { failureOf } from './deliver';

describe("a target's answer", () => {
  it.each([
    [200, undefined, undefined],
    [204, undefined, undefined],
    [302, 'refused', 'forward_redirected'],
    [400, 'refused', 'forward_refused'],
    [401, 'refused', 'forward_refused'],
    [403, 'refused', 'forward_refused'],
    [404, 'refused', 'forward_refused'],
    [410, 'refused', 'forward_refused'],
    [408, 'transient', 'forward_server_error'],
    [425, 'transient', 'forward_server_error'],
    [429, 'limited', 'forward_rate_limited'],
    [500, 'transient', 'forward_server_error'],
    [503, 'transient', 'forward_server_error'],
  ])('of %i is %s %s', (status, kind, code) => {
    const failure = failureOf({ status, headers: {} });
    expect(failure).toEqual(kind && expect.objectContaining({ kind, code, status }));
  });

  it('says how long to wait', () => {
    expect(failureOf({ status: 429, headers: { 'retry-after': '7' } })?.retryAfterMs).toBe(7_000);
    expect(failureOf({ status: 503, headers: { 'retry-after': '7' } })?.retryAfterMs).toBe(7_000);
  });
});
