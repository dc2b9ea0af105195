// Prints the rules as rules.yml has them:   node deploy/prometheus/generate.mjs > deploy/prometheus/rules.yml
// Their unit tests for promtool:            node deploy/prometheus/generate.mjs --tests > deploy/prometheus/rules_test.yml
// With all durations divided, for a test:   node deploy/prometheus/generate.mjs --scale 120
import { parseArgs } from 'node:util';
import { rules } from './rules.mjs';
import { ruleTests } from './rule-tests.mjs';
import { toYaml } from './to-yaml.mjs';

const { values } = parseArgs({
  options: { tests: { type: 'boolean' }, scale: { type: 'string', default: '1' } },
});
const content = values.tests ? ruleTests() : { groups: rules(Number(values.scale)) };
process.stdout.write(
  `# Written by deploy/prometheus/generate.mjs${values.tests ? ' --tests' : ''}.\n${toYaml(content).trimStart()}`,
);
