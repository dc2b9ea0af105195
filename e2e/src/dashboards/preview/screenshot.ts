import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnedProcess, inheritedEnv } from '@optout-sync/local-runtime/process';
import type { Size } from './charts';

const DEADLINE_MS = 120_000;
/** Enough for lines and text, and a third of the size of all colours. */
const COLOURS = '64';

/** The programs that make a picture. */
export interface Tools {
  readonly chromium: string;
  readonly pngquant: string;
}

/** Makes a PNG of an HTML page. @throws {Error} with the last lines of the program that failed */
export async function screenshot(
  { chromium, pngquant }: Tools,
  html: string,
  file: string,
  { width, height }: Size,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'optout-sync-preview-'));
  const [page, picture] = [join(scratch, 'page.html'), join(scratch, 'picture.png')];
  try {
    await writeFile(page, html);
    await run(chromium, [
      // Chromium has no sandbox for root; the page is ours and loads nothing.
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'],
      ...['--disable-lcd-text', '--force-device-scale-factor=1', `--user-data-dir=${scratch}/profile`],
      ...[`--window-size=${width},${height}`, `--screenshot=${picture}`, `file://${page}`],
    ]);
    if (!existsSync(picture)) throw new Error('chromium made no picture');
    await run(pngquant, ['--force', '--speed', '1', '--nofs', '--output', file, COLOURS, picture]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const program = await OwnedProcess.start({ command, args, env: inheritedEnv() });
  const timer = setTimeout(() => void program.kill('SIGKILL'), DEADLINE_MS);
  const { code } = await program.exited;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${command} failed:\n${program.logs().slice(-5).join('\n')}`);
}
