// Plain JavaScript without packages: scripts/ prints this text before anything is installed or built.

const USAGE = `npm run bench [-- [options] <name>...]

  ingest             verified and durable webhooks a second on one core
  sync               opt-outs applied at a Customer.io with its limits
  worker             events a second through record and sync on one core
  growth             what an event costs while the ledger and the queues grow
  scale-out          several processes on one Redis
  start              the time and the memory that a cold start needs
  memory             the most memory of both services under a limit
  api                requests a second that the API of the console answers on one core

Without a name all benchmarks run.
  --quick            a check that everything works, in a few minutes; its figures are no measurement
  --rounds <n>       rounds of each comparison (default 5, with --quick 1)
  --against <folder> a built copy of another version, which the benchmark worker measures beside this one
  --json <file>      writes all figures, round by round
  --markdown <file>  writes the tables in the form of docs/performance-tables.md
`;

module.exports = { USAGE };
