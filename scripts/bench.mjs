// npm run bench [-- [options] <name>...]: sets this checkout up, then measures (see docs/performance.md).
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ROOT } from './lib/root.mjs';
import { runProgram } from './lib/run-program.mjs';

endWithNpm();
await bootstrap({ say: (line) => console.error(line) });
runProgram(join(ROOT, 'bench/dist/main.js'));
