/** The field of nodes at its largest, in a browser: by pointer, by keyboard, and only what has changed is drawn. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, launch, skipReason, visit } from './support/browser.ts';
import { FakeGateway } from './support/fake.ts';
import { buildPage } from './support/page.ts';

describe.skipIf(executable === undefined)(`the field of 10,000 nodes${skipReason}`, () => {
  let browser: Browser;
  let gateway: FakeGateway;

  beforeAll(async () => {
    buildPage();
    browser = await launch();
    gateway = await new FakeGateway({ classes: { tiny: 7500, medium: 2000, large: 500 } }).start();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const drawn = async (page: Page): Promise<number> =>
    Number(await page.locator('.field canvas').getAttribute('data-drawn'));

  it('draws all of them once, then those that changed', async () => {
    const { page, problems, close } = await visit(browser, `${gateway.url}/#/nodes`);
    await page.getByText('10,000 of 10,000 nodes').waitFor();
    await page.waitForFunction(() => {
      const cells = Number(document.querySelector<HTMLElement>('.field canvas')?.dataset.drawn);
      return cells > 0 && cells < 6000;
    });
    expect(await drawn(page)).toBeLessThan(6000);
    // Every cell has a colour: no row of the field is empty.
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.field canvas')!;
      const { data } = canvas
        .getContext('2d')!
        .getImageData(0, Math.floor(canvas.height / 2), canvas.width, 12);
      return new Set(
        Array.from(
          { length: data.length / 4 },
          (_, i) => `${data[i * 4]},${data[i * 4 + 1]},${data[i * 4 + 2]}`,
        ),
      ).size;
    });
    expect(colours).toBeGreaterThan(2);
    expect(problems).toEqual([]);
    await close();
  });

  it('opens the node under the pointer', async () => {
    const { page, close } = await visit(browser, gateway.url);
    const canvas = page.locator('.field canvas');
    await page.getByText('Large (500)').waitFor();
    await page.waitForFunction(
      () => document.querySelector<HTMLElement>('.field canvas')?.dataset.drawn !== undefined,
    );
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + 2, box.y + 22);
    await page.locator('.tip').getByText('worker-0001').waitFor();
    await page.mouse.click(box.x + 2, box.y + 22);
    await page.locator('.detail').getByRole('heading', { name: 'worker-0001' }).waitFor();
    await close();
  });

  it('is walked by keyboard, and says where one is', async () => {
    const { page, close } = await visit(browser, gateway.url);
    await page.getByText('Large (500)').waitFor();
    await page.waitForFunction(
      () => document.querySelector<HTMLElement>('.field canvas')?.dataset.drawn !== undefined,
    );
    await page.locator('.field canvas').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await page
      .locator('.field [aria-live]')
      .getByText(/^worker-0003, tiny, \w+, load \d of 2$/)
      .waitFor({ state: 'attached' });
    await page.keyboard.press('End');
    await page
      .locator('.field [aria-live]')
      .getByText(/^worker-10000, large/)
      .waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await page.locator('.detail').getByRole('heading', { name: 'worker-10000' }).waitFor();
    await close();
  });
});
