import { readConsoleConfig } from '@optout-sync/shared/config';
import { runService } from '@optout-sync/shared/service';
import { Console } from './service';

void runService(
  'console',
  () => readConsoleConfig(process.env),
  async (config, log) => {
    const console = Console.create(config, process.env, { log });
    await console.start();
    return console;
  },
);
