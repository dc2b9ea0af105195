// Plain JavaScript without packages: scripts/ prints this text before anything is installed or built.

const HELP = `npm start [-- options]: runs the whole optout-sync system on this machine until Ctrl-C.

Without Twilio or Customer.io credentials in the environment or in .env it runs a demo: a sandbox takes
Customer.io's place, and signed sample messages show the outcome of each. With any credentials, or with
OPTOUT_CONFIG, it runs on the configured accounts. Redis is the one at REDIS_URL, otherwise a private one:
from PATH, in Docker, or installed. A part that dies is started again.

  --once        send the samples, show their outcomes, stop; exit code 0 only if all are as expected.
                On configured accounts no samples are sent: the system only has to become ready.
  --demo        run the demo even if credentials are set
  --monitoring  run a Prometheus beside it, with our alerts: from PATH or installed; docs/monitoring.md
  --no-install  install nothing: neither npm packages, nor a Redis or an image of one, nor a Prometheus
  --verbose     show the logs of all parts here as well as in data/logs/
  --help        show this text

Exit codes: 0 stopped or all as expected, 1 a part failed or is missing, 64 wrong options, 78 wrong configuration.
`;

module.exports = { HELP };
