import { parseArgs } from 'node:util';

export interface Arguments {
  readonly once: boolean;
  readonly demo: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
  /** Whether a Redis may be installed, and its image be pulled. */
  readonly mayInstall: boolean;
}

/** @throws {TypeError} (of node:util) naming the unknown option */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      once: { type: 'boolean', default: false },
      demo: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      'no-install': { type: 'boolean', default: false },
    },
  });
  const { 'no-install': noInstall, ...others } = values;
  return { ...others, mayInstall: !noInstall };
}
