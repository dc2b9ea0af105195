import { REAL_MODE_VARIABLES, decideMode } from './mode';

test('without credentials the mode is demo, whatever else is set', () => {
  expect(decideMode({ PATH: '/bin', TWILIO_AUTH_TOKEN: '', CUSTOMERIO_REGION: 'us' })).toBe('demo');
});

test.each(REAL_MODE_VARIABLES)('%s alone makes the mode real, as a value and as a file', (name) => {
  expect(decideMode({ [name]: 'value' })).toBe('real');
  expect(decideMode({ [`${name}_FILE`]: '/run/secrets/value' })).toBe('real');
});
