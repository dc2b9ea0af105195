import { HELP, parseArguments } from './arguments';

test('every option that is understood is in the help text', () => {
  const understood = Object.keys(parseArguments([]));
  expect(understood).not.toHaveLength(0);
  for (const option of understood) expect(HELP).toContain(`--${option} `);
});

test('an option that is not known is an error that names it', () => {
  expect(() => parseArguments(['--onec'])).toThrow("Unknown option '--onec'");
});
