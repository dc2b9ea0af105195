import { nextState } from './circuit-state';

describe('nextState', () => {
  it.each([
    ['closed', { failure: 'transient', breakerClosed: true }, 'closed'],
    ['closed', { failure: 'transient', breakerClosed: false }, 'open'],
    ['closed', { failure: 'rejected', breakerClosed: true }, 'closed'],
    ['closed', { failure: 'misconfigured', breakerClosed: true }, 'blocked'],
    ['open', { failure: undefined, breakerClosed: false }, 'open'],
    ['blocked', { failure: undefined, breakerClosed: true }, 'blocked'],
    ['blocked', { failure: 'rejected', breakerClosed: true }, 'blocked'],
  ] as const)('of %s, after a regular request that ends as %j, is %s', (state, outcome, next) => {
    expect(nextState(state, { probe: false, ...outcome })).toBe(next);
  });

  it.each([
    ['open', { failure: undefined, breakerClosed: true }, 'closed'],
    ['open', { failure: 'rate_limited', breakerClosed: true }, 'closed'],
    ['open', { failure: 'transient', breakerClosed: false }, 'open'],
    ['open', { failure: 'misconfigured', breakerClosed: true }, 'blocked'],
    ['blocked', { failure: undefined, breakerClosed: true }, 'closed'],
    ['blocked', { failure: 'rejected', breakerClosed: true }, 'closed'],
    ['blocked', { failure: 'rate_limited', breakerClosed: true }, 'blocked'],
    ['blocked', { failure: 'transient', breakerClosed: false }, 'blocked'],
    ['blocked', { failure: undefined, breakerClosed: false }, 'open'],
  ] as const)('of %s, after a probe that ends as %j, is %s', (state, outcome, next) => {
    expect(nextState(state, { probe: true, ...outcome })).toBe(next);
  });
});
