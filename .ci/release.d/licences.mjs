// node .ci/release.d/licences.mjs: every npm package that anything but a test needs may be passed on under its licence. The
// packages and their licences are those of the SBOM that npm writes of node_modules, so it needs `npm ci`. Prints each package
// whose licence is missing or another one, and exits with 1 when there is one.
import { execFileSync } from 'node:child_process';
import satisfies from 'spdx-satisfies';

/** By SPDX: https://spdx.org/licenses. They ask for no more than that their text is passed on too. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** Licences of packages that have the text in LICENSE, and do not name it in package.json. Read again with each version. */
const READ = { 'htmx-ext-sse@2.2.4': '0BSD' };

const sbom = JSON.parse(
  execFileSync('npm', ['sbom', '--omit=dev', '--sbom-format=cyclonedx'], { maxBuffer: 64 * 1024 * 1024 }),
);

/** The SPDX expression of a component of CycloneDX, or its licence's name; undefined where there is neither. */
const licenceOf = ({ licenses: [first] = [] }) =>
  first?.expression ?? first?.license?.id ?? first?.license?.name;

function isAllowed(licence) {
  try {
    return satisfies(licence, ALLOWED);
  } catch {
    // No SPDX expression.
    return false;
  }
}

const licences = new Map(
  sbom.components.map((each) => {
    const name = `${each.name}@${each.version}`;
    return [name, licenceOf(each) ?? READ[name]];
  }),
);
const wrong = [...licences].filter(([, licence]) => !licence || !isAllowed(licence));
for (const [name, licence] of wrong) console.log(`${name}: ${licence ?? 'no licence'}`);
const counts = {};
for (const licence of licences.values()) counts[licence] = (counts[licence] ?? 0) + 1;
console.log(
  `${licences.size} packages: ${Object.entries(counts)
    .map(([licence, count]) => `${count} ${licence}`)
    .join(', ')}`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
