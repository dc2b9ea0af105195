// npm run dlq, and other commands for operators: sets up quietly, then runs the optout-sync command.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { ROOT } from './lib/root.mjs';
import { runProgram } from './lib/run-program.mjs';
import { runningSystem } from './lib/running-system.mjs';

/** EX_CONFIG, as of the command itself. */
const CONFIG_EXIT_CODE = 78;

// Its answers may be piped on, so only an install that takes a while is announced, on stderr.
await bootstrap({ say: (line) => line.includes('npm ci') && console.error(line) });

const settings = join(ROOT, '.env');
if (existsSync(settings)) process.loadEnvFile(settings);
if (!knowsRedis(process.env)) {
  const system = runningSystem(ROOT, 'redisUrl');
  if (system) Object.assign(process.env, { REDIS_URL: system.redisUrl, QUEUE_PREFIX: system.prefix });
}
if (needsRedis(process.argv.slice(2)) && !knowsRedis(process.env)) {
  console.error('nothing runs here: start it with `npm start`, or set REDIS_URL');
  process.exit(CONFIG_EXIT_CODE);
}
runProgram(join(ROOT, 'packages/cli/dist/main.js'));

function needsRedis([command, ...rest]) {
  return (
    command !== 'config' &&
    (command === 'audit' || rest.length > 0) &&
    !rest.some((word) => ['help', '--help', '-h'].includes(word))
  );
}

/** Sentinel and cluster are found through REDIS_NODES. */
function knowsRedis({ REDIS_URL, REDIS_URL_FILE, REDIS_MODE = '' }) {
  return REDIS_URL || REDIS_URL_FILE || !['', 'standalone'].includes(REDIS_MODE);
}
