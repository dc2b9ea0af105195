import { ConfigError } from '@optout-sync/shared';
import { CREDENTIALS, decideMode } from './mode';

const ALL = Object.fromEntries(CREDENTIALS.map((name) => [name, 'secret']));

test('without any credentials it is a demo', () => {
  expect(decideMode({ PATH: '/bin', TWILIO_AUTH_TOKEN: '' })).toBe('demo');
});

test('with all of them it is real, whether they come as values or as files', () => {
  expect(decideMode(ALL)).toBe('real');
  expect(decideMode({ ...ALL, TWILIO_AUTH_TOKEN: '', TWILIO_AUTH_TOKEN_FILE: '/run/secrets/token' })).toBe(
    'real',
  );
});

test('with some of them it is a mistake that names all the others, and no value', () => {
  const mistakes = mistakesOf({ TWILIO_ACCOUNT_SID: 'secret', CUSTOMERIO_SITE_ID: 'secret' });
  expect(mistakes.map((mistake) => mistake.split(' ')[0])).toEqual([
    'TWILIO_AUTH_TOKEN',
    'CUSTOMERIO_TRACK_API_KEY',
    'CUSTOMERIO_APP_API_KEY',
  ]);
  expect(mistakes.join()).not.toContain('secret');
});

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    decideMode(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}
