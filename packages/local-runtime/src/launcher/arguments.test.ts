import { HELP, parseArguments } from './arguments';

test('every option is in the help text', () => {
  const options = Object.keys(parseArguments([]));
  expect(options).not.toHaveLength(0);
  for (const option of options) expect(HELP).toContain(`--${option} `);
});

test('an unknown option is an error that names it', () => {
  expect(() => parseArguments(['--onec'])).toThrow("Unknown option '--onec'");
});
