// npm run release:plan: checks the changesets, and prints which version they make.
import { planOf } from './plan.mjs';

try {
  const { present, next, changesets } = await planOf(process.cwd());
  for (const { id, summary } of changesets) console.log(`${id}: ${summary.split('\n', 1)[0]}`);
  const found = changesets.length === 0 ? 'none' : `${changesets.length}; the next release is ${next}`;
  console.log(`changes since ${present}: ${found}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
