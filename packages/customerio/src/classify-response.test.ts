import { classifyResponse } from './classify-response';

describe('classifyResponse', () => {
  it.each([
    [200, undefined, undefined],
    [207, undefined, undefined],
    [301, 'misconfigured', 'customerio_wrong_region'],
    [308, 'misconfigured', 'customerio_wrong_region'],
    [401, 'misconfigured', 'customerio_unauthorized'],
    [403, 'misconfigured', 'customerio_unauthorized'],
    [408, 'transient', 'customerio_server_error'],
    [425, 'transient', 'customerio_server_error'],
    [500, 'transient', 'customerio_server_error'],
    [503, 'transient', 'customerio_server_error'],
    [429, 'rate_limited', 'customerio_rate_limited'],
    [400, 'rejected', 'customerio_refused'],
    [404, 'rejected', 'customerio_refused'],
    [422, 'rejected', 'customerio_refused'],
  ])('classifies %i as %s %s', (status, kind, code) => {
    expect(classifyResponse({ status, headers: {} })).toEqual(
      kind && expect.objectContaining({ kind, code, status }),
    );
  });

  it.each([
    ['2', 2_000],
    ['0', 0],
    [undefined, undefined],
    ['soon', undefined],
  ])('reads Retry-After %p as %p ms', (header, ms) => {
    expect(classifyResponse({ status: 429, headers: { 'retry-after': header } })?.retryAfterMs).toBe(ms);
  });

  it.each([
    [
      { errors: [{ reason: 'invalid', field: 'attributes', message: 'bad attribute' }] },
      'invalid attributes bad attribute',
    ],
    [{ errors: ['no such filter'] }, 'no such filter'],
    [{ meta: { error: 'unknown operator for +1 (415) 555-0123' } }, 'unknown operator for …'],
    [{ meta: { errors: ['ann@example.com is not unique'] } }, '… is not unique'],
  ])('says why Customer.io refused a request: %j', (data, reason) => {
    const message = `responded with 400: ${reason}`;
    expect(classifyResponse({ status: 400, headers: {}, data })?.message).toBe(message);
  });

  it.each([['<html>nginx</html>'], [{ errors: [{ batch_index: 3 }] }], [undefined]])(
    'repeats nothing else of a refusal: %j',
    (data) => {
      expect(classifyResponse({ status: 400, headers: {}, data })?.message).toBe('responded with 400');
    },
  );
});
