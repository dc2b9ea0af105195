// What a test gets in place of a built file of ours, see sources-only-resolver.js.
throw new Error(
  'The import above resolves to a built file of ours under dist/. Tests load sources only: jest.config.js maps every ' +
    "subpath in a package's exports to its source.",
);
