// node .ci/release.d/advisories.mjs: `npm audit` of the packages that anything but a test needs. Exits with 1 when one of them has
// a known vulnerability, and with 77 when the registry does not tell: then nothing is known, neither good nor bad.
import { spawnSync } from 'node:child_process';

const NOT_POSSIBLE = 77;

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const { vulnerabilities, message } = JSON.parse(stdout);
if (!vulnerabilities) {
  console.log(`npm audit was not possible, so nothing is known of vulnerable packages: ${message}`);
  process.exit(NOT_POSSIBLE);
}
const known = Object.values(vulnerabilities);
for (const { name, severity, range } of known) console.log(`${name} ${range}: ${severity}`);
console.log(`${known.length} packages with a known vulnerability`);
process.exitCode = known.length === 0 ? 0 : 1;
