import { parseArgs } from 'node:util';

export const HELP = `npm start [-- options]: runs the whole optout-sync system on this machine until Ctrl-C.

Without Twilio or Customer.io credentials in the environment or in .env it runs a demo: a sandbox takes
Customer.io's place, and signed sample messages show the outcome of each. With any credentials, or with
OPTOUT_CONFIG, it runs on the configured accounts. Redis is the one at REDIS_URL, otherwise a private one:
from PATH, in Docker, or installed.

  --once      send the samples, show their outcomes, stop; exit code 0 only if all are as expected.
              On configured accounts no samples are sent: the system only has to become ready.
  --demo      run the demo even if credentials are set
  --verbose   show the logs of all parts here as well as in data/logs/
  --help      show this text

Exit codes: 0 stopped or all as expected, 1 a part failed, 64 wrong options, 78 wrong configuration.
`;

export interface Arguments {
  readonly once: boolean;
  readonly demo: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
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
    },
  });
  return values;
}
