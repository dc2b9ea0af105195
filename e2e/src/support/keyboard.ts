import type { Locator, Page } from 'playwright-core';

const MOST_TABS = 200;

/** What is used of an element in the browser, whose types Node does not have. */
interface InDocument {
  readonly ownerDocument: { readonly activeElement: unknown };
}

/** Presses Tab until the element has the focus. @throws {Error} when the keyboard does not reach it */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const element = target.first();
  await element.waitFor();
  for (let n = 0; n < MOST_TABS; n++) {
    if (await element.evaluate((one: InDocument) => one === one.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${target.toString()}`);
}

/** Moves to the element by Tab and presses Enter. */
export async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}
