import { isAlive, processInfo } from '../../packages/local-runtime/src/process/process-info.js';

const POLL_MS = 250;

/**
 * Ends this process (SIGTERM) once the npm that started it has ended. npm forwards a signal only to the shell between npm
 * and us, so `kill <npm's pid>` would leave us behind.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const above = ancestors();
  const timer = setInterval(() => {
    if (above.every(isAlive)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS);
  timer.unref();
}

/** Our parent and, where that is the shell in which npm runs scripts, npm itself. */
function ancestors() {
  const { parent, args } = processInfo(process.ppid) ?? {};
  return args?.startsWith('sh -c') ? [process.ppid, parent] : [process.ppid];
}
