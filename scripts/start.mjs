// npm start: sets this checkout up, then runs the whole system here until Ctrl-C.
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ROOT } from './lib/root.mjs';
import { runProgram } from './lib/run-program.mjs';

endWithNpm();
await bootstrap();
runProgram(join(ROOT, 'packages/local-runtime/dist/main.js'));
