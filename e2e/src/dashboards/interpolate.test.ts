import { interpolate, stepOf } from './interpolate';

const HOUR = { from: 0, to: 3_600, scrapeInterval: 15 };

describe('the variables of a query', () => {
  it.each([
    ['rate(a[$__rate_interval])', HOUR, 'rate(a[60s])'],
    ['rate(a[$__rate_interval])', { ...HOUR, to: 7 * 86_400 }, 'rate(a[915s])'],
    ['increase(a[$__range])', HOUR, 'increase(a[3600s])'],
    ['a{b=~"$b"}', HOUR, 'a{b=~".*"}'],
    ['a{b=~"$b"}', { ...HOUR, chosen: { b: ['x'] } }, 'a{b=~"x"}'],
    ['a{b=~"$b"}', { ...HOUR, chosen: { b: ['x', 'y'] } }, 'a{b=~"(x|y)"}'],
    ['a{b=~"$b"}', { ...HOUR, chosen: { b: ['10.0.0.1:9101'] } }, 'a{b=~"10\\\\.0\\\\.0\\\\.1:9101"}'],
  ])('%s becomes what Grafana asks for', (expr, view, expected) => {
    expect(interpolate(expr, view)).toBe(expected);
  });

  it('have a step that is neither below the interval of the scrapes nor too fine for the panel', () => {
    expect(stepOf({ ...HOUR, to: 60 })).toBe(15);
    expect(stepOf({ ...HOUR, to: 86_400 })).toBe(120);
  });
});
