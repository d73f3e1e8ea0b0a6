// biome-ignore-all lint/performance/useDomNodeTextContent: of a locator, and as it is seen
/** What a real cluster does not do on demand: a gateway that goes and comes back, falls silent, wants a key, refuses. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, launch, skipReason, visit } from './support/browser.ts';
import { FakeGateway } from './support/fake.ts';
import { buildPage } from './support/page.ts';

describe.skipIf(executable === undefined)(`the page when things fail${skipReason}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    buildPage();
    browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());

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
    await page.getByText('Next attempt in 4 s.').waitFor({ timeout: 15_000 });
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
});
