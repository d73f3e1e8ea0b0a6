// biome-ignore-all lint/performance/useDomNodeTextContent: of a locator, and as it is seen
/** What a real cluster does not do on demand: it falls silent, refuses, cuts an answer off, answers in Markdown. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, launch, skipReason, visit } from './support/browser.ts';
import { FakeGateway } from './support/fake.ts';
import { buildPage } from './support/page.ts';

let browser: Browser;

beforeAll(async () => {
  if (executable === undefined) return;
  buildPage();
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());

describe.skipIf(executable === undefined)(`the page when things fail${skipReason}`, () => {
  it('says that the connection is lost, keeps what it knew, and goes on by itself when the gateway is back', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 30 } }).start();
    gateway.event('spawned 30 tiny nodes');
    const { page, close } = await visit(browser, gateway.url);
    await page.getByText('Spawned 30 tiny nodes').waitFor();
    await gateway.stop();
    await page.getByRole('alert').getByText('Connection lost').waitFor();
    expect(await page.locator('.figures').innerText()).toContain('30');
    await gateway.start();
    gateway.event('gateway is back');
    await page.getByText('Gateway is back').waitFor();
    await page.locator('.lost:not(.link)').waitFor({ state: 'detached' });
    expect(await page.getByText('Spawned 30 tiny nodes').count()).toBe(1);
    await close();
    await gateway.stop();
  });

  it('goes on at once when somebody does not want to wait', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 3 } }).start();
    const { page, close } = await visit(browser, gateway.url);
    await page.locator('.link.live').waitFor();
    await gateway.stop();
    await page.getByText(/Next attempt in [4-8] s\./).waitFor({ timeout: 20_000 });
    await gateway.start();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.locator('.link.live').waitFor({ timeout: 3000 });
    await close();
    await gateway.stop();
  });

  it('takes a gateway that falls silent for one that is gone', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 3 } }).start();
    const { page, close } = await visit(browser, gateway.url);
    await page.locator('.link.live').waitFor();
    gateway.silent = true;
    await page.getByText('gateway is silent').waitFor({ timeout: 15_000 });
    gateway.silent = false;
    await page.locator('.link.live').waitFor();
    await close();
    await gateway.stop();
  });

  it('asks for a key, says when it is wrong, and remembers the right one for the tab', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 30 }, key: 'sk-right' }).start();
    const { page, close } = await visit(browser, gateway.url);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This cluster asks for a key.').waitFor();
    await dialog.getByLabel('Key', { exact: true }).fill('schlüssel');
    await page.keyboard.press('Enter');
    await dialog.getByText('That is no key').waitFor();
    await dialog.getByLabel('Key', { exact: true }).fill('sk-wrong');
    await page.keyboard.press('Enter');
    await dialog.getByText('The key was not accepted.').waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByLabel('Key', { exact: true }).fill('sk-right');
    await dialog.getByRole('button', { name: 'Use key' }).click();
    await page.locator('.link.live').waitFor();
    expect(await dialog.isVisible()).toBe(false);
    await page.goto(`${gateway.url}/#/files`);
    await page.getByRole('link', { name: 'worker-0001/' }).waitFor();
    await page.reload();
    await page.locator('.link.live').waitFor();
    await page.getByRole('link', { name: 'worker-0001/' }).waitFor();
    await close();
    await gateway.stop();
  });

  it('shows why a command was refused, and leaves the choice to try again or not', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 30 } }).start();
    const { page, close } = await visit(browser, `${gateway.url}/#/nodes/worker-0007`);
    await page.getByRole('button', { name: 'Drain' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain('drain worker-0007');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(gateway.commands).toEqual([]);
    gateway.refuse = 'worker-0007 is busy elsewhere';
    await page.getByRole('button', { name: 'Drain' }).click();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await dialog.getByText('worker-0007 is busy elsewhere').waitFor();
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(gateway.commands).toEqual(['drain worker-0007']);
    await page.locator('.detail').getByText('draining').waitFor();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.goto(`${gateway.url}/#/nodes/worker-9999`);
    await page.getByText('There is no worker-9999 (any more).').waitFor();
    await close();
    await gateway.stop();
  });

  it('shows an answer that was cut off as what it is', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 30 } }).start();
    gateway.answer = ['Half an ans'];
    gateway.cutOff = 'no node is left';
    const { page, close } = await visit(browser, `${gateway.url}/#/chat`);
    await page.getByLabel('Question').fill('What is AI?');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('no node is left').waitFor();
    expect(await page.getByRole('log').innerText()).toContain('Half an ans');
    await close();
    await gateway.stop();
  });

  it('shows a streamed answer as Markdown, and the node that gave it', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 30 } }).start();
    gateway.answer = [
      '# Na',
      'me spaces\n\n',
      'Each **process** ',
      'has `its own`:\n\n- bi',
      'nd\n- mount\n\n',
      '```sh\nbind a b\n',
      '```\n',
      '<script>alert(1)</script>',
    ];
    const { page, problems, close } = await visit(browser, `${gateway.url}/#/chat`);
    await page.getByLabel('Question').fill('What is a name space?');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article', { name: 'Answer' });
    await answer.getByRole('link', { name: 'worker-0003' }).waitFor();
    expect(await answer.getByRole('heading', { name: 'Name spaces' }).count()).toBe(1);
    expect(await answer.locator('strong').innerText()).toBe('process');
    expect(await answer.locator('li').allInnerTexts()).toEqual(['bind', 'mount']);
    expect(await answer.locator('pre').innerText()).toBe('bind a b');
    expect(await answer.innerText()).toContain('<script>alert(1)</script>');
    expect(await answer.innerText()).toContain('attempt 2');
    expect(problems).toEqual([]);
    await close();
    await gateway.stop();
  });

  it('shows what the autoscaler decided, and why', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 30 } }).start();
    const { page, close } = await visit(browser, `${gateway.url}/#/activity/scaling`);
    await page.getByText('The autoscaler has changed nothing yet.').waitFor();
    gateway.scalings.push({
      at: Date.now(),
      class: 'tiny',
      from: 100,
      to: 600,
      why: 'utilization 84% over 80%',
    });
    const item = page.getByRole('listitem').filter({ hasText: 'utilization 84% over 80%' });
    await item.waitFor();
    expect((await item.innerText()).replace(/\s+/g, ' ')).toMatch(/\+500 Tiny 100 → 600/);
    await close();
    await gateway.stop();
  });

  it('counts votes as they come in, and shows who failed', async () => {
    const gateway = await new FakeGateway({ classes: { tiny: 30 } }).start();
    let release = (): void => {};
    gateway.held = new Promise((resolve) => {
      release = resolve;
    });
    const { page, close } = await visit(browser, `${gateway.url}/#/fusion`);
    await page.getByRole('textbox', { name: 'Question' }).fill('Which planet is the largest?');
    await page.getByRole('button', { name: 'Ask the nodes' }).click();
    await page.getByRole('heading', { name: 'Votes are coming in' }).waitFor();
    await page.getByText('1 of 5').waitFor();
    release();
    await page.getByRole('heading', { name: 'Consensus' }).waitFor();
    const tally = page.getByRole('list', { name: 'Answers by weight' });
    expect(
      (await tally.getByRole('listitem').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
    ).toEqual(['Jupiter 75%', 'Mars 25%']);
    await page.getByText('75% agree').waitFor();
    await page.getByText('engine is gone').waitFor();
    await close();
    await gateway.stop();
  });
});

describe.skipIf(executable === undefined)(`the field of 10,000 nodes${skipReason}`, () => {
  let gateway: FakeGateway;

  beforeAll(async () => {
    gateway = await new FakeGateway({ classes: { tiny: 7500, medium: 2000, large: 500 } }).start();
  }, 60_000);
  afterAll(async () => {
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
