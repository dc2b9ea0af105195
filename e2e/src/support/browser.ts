import { chromium, type Browser, type Page } from 'playwright-core';
import axe, { type AxeResults } from 'axe-core';
import { provideChromium } from './provide-program';

/** A name that another site has pointed at this machine. */
export const REBOUND_HOST = 'rebound.example';

/** Starts Debian's Chromium, installed where that needs no password. @throws {Error} when there is none */
export async function startBrowser(log: (line: string) => void): Promise<Browser> {
  const executablePath = await provideChromium(process.env.NO_INSTALL === undefined, log);
  // Chromium has no sandbox for root; the pages are ours.
  return chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: ['--disable-dev-shm-usage', `--host-resolver-rules=MAP ${REBOUND_HOST} 127.0.0.1`],
  });
}

/** What axe finds against WCAG and its best practices: the rule and where it is broken. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, so the page's Content-Security-Policy does not forbid it.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
