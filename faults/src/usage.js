// Plain JavaScript without packages: scripts/ prints this text before anything is installed or built.

const USAGE = `npm run test:faults -- [options]

  --scenario <name>  runs only this scenario; may be given several times (alias: --only)
  --scale <number>   factor on the number of injections and on the duration of the soak (default 1)
  --quick            the same as --scale 0.1
  --seed <number>    repeats the random choices of a run
  --json <file>      also writes the results there
  --mutant <name>    seeds a defect, runs the scenarios that must find it, and fails unless one does (alias: --defect)
  --attacks          runs the attacks by hostile requests, slips in the configuration and kills of npm start instead
  --list             prints the names of the scenarios and mutants

Exit code: 0 when there is no violation (with --mutant: when there is one), 1 otherwise, 2 for invalid arguments.
`;

module.exports = { USAGE };
