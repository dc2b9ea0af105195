import { parseArguments } from './arguments';
import { HELP } from './help';

test('every option is in the help text', () => {
  const options = Object.keys(parseArguments([])).map((name) =>
    name === 'mayInstall' ? 'no-install' : name,
  );
  expect(options).not.toHaveLength(0);
  for (const option of options) expect(HELP).toContain(`--${option} `);
});

test('an unknown option is an error that names it', () => {
  expect(() => parseArguments(['--onec'])).toThrow("Unknown option '--onec'");
});

test('--no-install is understood', () => {
  expect(parseArguments([]).mayInstall).toBe(true);
  expect(parseArguments(['--no-install']).mayInstall).toBe(false);
});
