import { parseArgs } from 'node:util';

export interface Arguments {
  readonly once: boolean;
  readonly demo: boolean;
  readonly verbose: boolean;
  /** Whether a Prometheus runs beside the system. */
  readonly monitoring: boolean;
  readonly help: boolean;
  /** Whether Redis and Prometheus may be installed, and an image of Redis be pulled. */
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
      monitoring: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      'no-install': { type: 'boolean', default: false },
    },
  });
  const { 'no-install': noInstall, ...others } = values;
  return { ...others, mayInstall: !noInstall };
}
