// npm test [-- jest's arguments]: runs the tests in a process of their own, which gets our signals.
import { spawn } from 'node:child_process';
import { dieWithParent } from '../process/die-with-parent';
import { FOLDERS, PROGRAMS } from '../config/folders';

const jest = spawn(process.execPath, [PROGRAMS.jest, ...process.argv.slice(2)], {
  cwd: FOLDERS.root,
  stdio: 'inherit',
});
dieWithParent(jest);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => jest.kill(signal));
jest.on('close', (code) => process.exit(code ?? 1));
