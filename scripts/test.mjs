// npm test [-- jest's arguments]: sets this checkout up, runs the tests, ends with their totals.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ROOT } from './lib/root.mjs';

endWithNpm();
await bootstrap();

const jest = spawn(
  process.execPath,
  [join(ROOT, 'node_modules/jest/bin/jest.js'), ...process.argv.slice(2)],
  {
    cwd: ROOT,
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => jest.kill(signal));
jest.on('close', (code) => process.exit(code ?? 1));
