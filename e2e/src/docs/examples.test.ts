import { exampleCommands, unusedReasons, whyLeftOut } from './example-commands';

test('every command of the documentation is run, or there is a reason that it is not', () => {
  const commands = exampleCommands();
  const run = commands.filter((command) => whyLeftOut(command) === undefined);
  expect(run.length).toBeGreaterThan(80);
  // What is run is a command of ours, or asks the sandbox: anything else needs a reason.
  expect(run.filter(({ command }) => !/^(npx )?optout-sync |^curl /.test(command))).toEqual([]);
  expect(unusedReasons(commands)).toEqual([]);
});
