import { isAlive } from './is-alive.mjs';
import { processInfo } from './process-info.mjs';

const LOOK_MS = 250;

/**
 * Ends this process (SIGTERM) when the npm that started it is gone. npm passes a signal on to the shell between it and
 * us only, so that `kill <npm's pid>` would leave us behind.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const above = ancestors();
  const timer = setInterval(() => {
    if (above.every(isAlive)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  timer.unref();
}

/** Our parent and, where that is the shell that npm runs scripts in, npm itself. */
function ancestors() {
  const { parent, args } = processInfo(process.ppid) ?? {};
  return args?.startsWith('sh -c') ? [process.ppid, parent] : [process.ppid];
}
