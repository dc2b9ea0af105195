import { consoleUserEntry } from '@optout-sync/operations';
import type { Running, System } from '@optout-sync/testkit/system';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from './browser';

const DEADLINE_MS = 60_000;

export const PASSWORD = 'correct horse battery staple';
/** Text from outside that would run as a script, or turn the line around, on a page that does not escape it. */
export const HOSTILE =
  '\u202e<script>window.attacked = true</script><img src=x onerror="window.attacked = true">';

type Role = Parameters<typeof consoleUserEntry>[0]['role'];

/** The console of a system, with a log-in by {@link PASSWORD}, in Debian's Chromium. */
export class ConsoleBrowser {
  private readonly errors: string[] = [];

  private constructor(
    readonly running: Running,
    readonly browser: Browser,
  ) {}

  /** @param users roles by name */
  static async start(system: System, users: Readonly<Record<string, Role>>): Promise<ConsoleBrowser> {
    const entries = Object.entries(users).map(([name, role]) =>
      consoleUserEntry({ name, role, password: PASSWORD }),
    );
    const [running, browser] = await Promise.all([
      system.startConsole({
        CONSOLE_AUTH: 'password',
        CONSOLE_USERS: (await Promise.all(entries)).join('\n'),
      }),
      startBrowser(console.log),
    ]);
    return new ConsoleBrowser(running, browser);
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.running.port)}`;
  }

  /** Opens the log-in in a window of its own. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1_200, height: 800 }, ...options });
    context.setDefaultTimeout(DEADLINE_MS);
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
    page.on('pageerror', ({ message }) => this.errors.push(message));
    await page.goto(this.url);
    return page;
  }

  /** The same, logged in. */
  async openAs(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.open(options);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    return page;
  }

  /** What the browser reported as errors since the last call, such as a script that the Content-Security-Policy forbids. */
  takeErrors(): string[] {
    return this.errors.splice(0);
  }

  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }
}
