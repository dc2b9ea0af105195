// npm run test:faults: sets this checkout up, then plays faults on the real system and prints what came of it.
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ROOT } from './lib/root.mjs';
import { runProgram } from './lib/run-program.mjs';

endWithNpm();
await bootstrap();
runProgram(join(ROOT, 'faults/dist/main.js'));
