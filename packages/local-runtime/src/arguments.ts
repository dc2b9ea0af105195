import { parseArgs } from 'node:util';

export const HELP = `npm start [-- options]: runs the whole of optout-sync on this machine until Ctrl-C.

Without credentials of Twilio or Customer.io (in the environment or in .env) it is a demo: a Customer.io
stand-in takes the writes, and signed sample messages show what happens to each. With any of them, or with
OPTOUT_CONFIG, it is the real thing. Redis is REDIS_URL, or else one of its own: from PATH, from Docker, or
installed.

  --once      send the samples, show the result, stop; exit code 0 only if all went as expected.
              With credentials no samples are sent: it only has to come up.
  --demo      the demo, even if credentials are set
  --verbose   show the services' logs here as well as in data/logs/
  --help      this text

Exit codes: 0 stopped or all as expected, 1 something failed, 64 wrong options, 78 wrong configuration.
`;

export interface Arguments {
  readonly once: boolean;
  readonly demo: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

/** @throws TypeError (of node:util) naming the option that is not known. */
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
