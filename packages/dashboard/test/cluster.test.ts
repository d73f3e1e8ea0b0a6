// biome-ignore-all lint/performance/useDomNodeTextContent: of a locator, and as it is seen
/** The page with the real thing: orchestrator, Dis nodes, echo engine and the gateway that serves it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings } from './support/axe.ts';
import { executable, launch, skipReason, visit } from './support/browser.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { buildPage } from './support/page.ts';

let browser: Browser;

beforeAll(async () => {
  if (executable === undefined) return;
  buildPage();
  browser = await launch();
}, 60_000);
afterAll(() => browser?.close());

const VIEWS = [
  '',
  'nodes/worker-0007',
  'hosts',
  'activity/events',
  'activity/scaling',
  'activity/routing',
  'control',
  'chat',
  'fusion',
  'files/ctl',
];
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

describe.skipIf(executable === undefined)(`the page and a real cluster${skipReason}`, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
    cluster.orchestrator.events.add('worker-0007 recovered from error');
  }, 120_000);
  afterAll(async () => {
    await cluster?.close();
  });

  /** Confirms what the page asks about, and waits for what the cluster says. */
  async function confirm(page: Page, line: string): Promise<void> {
    const dialog = page.getByRole('dialog');
    await dialog.getByText(line).waitFor();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  it('shows its nodes, classes, hosts and events', async () => {
    const { page, problems, close } = await visit(browser, cluster.url);
    await page.locator('.figures').getByText('HEALTHY').waitFor();
    await page.getByText('Tiny (12)').waitFor();
    await page.getByText('Spawned 12 tiny nodes').waitFor();
    await page.goto(`${cluster.url}/#/hosts`);
    await page.getByRole('heading', { name: 'local' }).waitFor();
    await page.goto(`${cluster.url}/#/nodes/worker-0013`);
    const detail = page.locator('.detail');
    await detail.getByText('echo-medium').first().waitFor();
    await detail.getByText('/dev/llama').first().waitFor();
    await page.getByText('18 of 18 nodes').waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('is for everybody by day and by night, and breaks no rule of the policy', async () => {
    const { page, problems, close } = await visit(browser, cluster.url);
    for (const view of VIEWS) {
      await page.goto(`${cluster.url}/#/${view}`);
      await page.locator(view === 'files/ctl' ? 'section.file' : 'main > :nth-child(2)').waitFor();
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await findings(page), view).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await findings(page, 'color-contrast'), `${view}, dark`).toEqual([]);
    }
    expect(problems).toEqual([]);
    await close();
  }, 90_000);

  it('fits on a phone', async () => {
    const { page, close } = await visit(browser, cluster.url, PHONE);
    await page.locator('.link.live').waitFor();
    expect(await findings(page)).toEqual([]);
    for (const view of VIEWS) {
      await page.goto(`${cluster.url}/#/${view}`);
      await page.locator('main > :nth-child(2)').first().waitFor();
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wide, `${view} is wider than the screen`).toBeLessThanOrEqual(0);
    }
    await close();
  });

  it('opens with the monitoring box', async () => {
    const { page, close } = await visit(browser, cluster.url);
    const box = page.getByRole('region', { name: 'Llambo cluster monitoring' });
    await box.getByText('Large (2)').waitFor();
    const text = await box.innerText();
    for (const part of [
      /Active nodes\s+18\s*\/10,000/,
      /Status\s+✓ HEALTHY/,
      /Throughput\s+[\d,.]+\s+tok\/s/,
      /Latency\s+/,
      /Utilization\s+\d+%/,
      /Uptime\s+100%/,
      /Tiny \(12\)/,
      /67%/,
      /Medium \(4\)/,
      /22%/,
      /11%/,
    ])
      expect(text).toMatch(part);
    await box.getByRole('link', { name: 'worker-0007' }).click();
    await page.locator('.detail').getByRole('heading', { name: 'worker-0007' }).waitFor();
    await close();
  });

  it('remembers a choice of colours', async () => {
    const { page, close } = await visit(browser, cluster.url, { colorScheme: 'light' });
    const paper = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const before = await paper();
    const choice = page.getByRole('button', { name: /^Colours/ });
    await choice.click();
    await choice.click();
    const after = await paper();
    expect(after).not.toBe(before);
    await page.reload();
    expect(await paper()).toBe(after);
    await close();
  });

  it('chats with a node, shows which, and where the request went', async () => {
    const { page, problems, close } = await visit(browser, `${cluster.url}/#/chat`);
    await page.getByLabel('Model or class').selectOption('medium');
    await page.getByLabel('Tokens at most').fill('24');
    await page.getByRole('textbox', { name: 'Question' }).fill('What is AI?');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article', { name: 'Answer' });
    const node = answer.getByRole('link', { name: /worker-00(13|14|15|16)/ });
    await answer.getByText('24 tokens').waitFor();
    const id = await node.innerText();
    expect(await answer.innerText()).toMatch(/^echo: /);
    await page.goto(`${cluster.url}/#/activity/routing`);
    await page.getByRole('cell', { name: id }).first().waitFor();
    await page.goto(`${cluster.url}/#/nodes/${id}`);
    await page.locator('.detail').getByRole('heading', { name: 'newest requests' }).waitFor();
    await page.goto(`${cluster.url}/#/nodes/worker-9999`);
    await page.getByText('There is no worker-9999 (any more).').waitFor();
    expect(problems.filter((text) => !text.includes('404'))).toEqual([]);
    await close();
  });

  it('asks several nodes and shows their votes', async () => {
    const { page, problems, close } = await visit(browser, `${cluster.url}/#/fusion`);
    await page.getByRole('textbox', { name: 'Question' }).fill('Which planet is the largest?');
    await page.getByLabel(/^Answers to choose from/).fill('Mars\nJupiter');
    await page.getByLabel('Votes', { exact: true }).fill('3');
    await page.getByRole('button', { name: 'Ask the nodes' }).click();
    await page.getByRole('heading', { name: 'Consensus' }).waitFor();
    expect(await page.locator('.votes > li').count()).toBe(3);
    await page.getByText(/\d+% agree · by pool · 3 of 3 nodes/).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('spawns, drains, resumes, and changes the strategy, each after a confirmation', async () => {
    const { page, problems, close } = await visit(browser, `${cluster.url}/#/control`);
    await page.getByLabel('How many').fill('3');
    await page.getByRole('button', { name: 'Spawn' }).click();
    await confirm(page, 'spawn tiny 3');
    await expect.poll(() => cluster.orchestrator.nodes.length).toBe(21);
    await page.getByLabel(/^Strategy \(now/).selectOption('p2c');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await confirm(page, 'strategy p2c');
    await page.getByLabel('Strategy (now p2c)').waitFor();
    await page.goto(`${cluster.url}/#/nodes/worker-0002`);
    await page.getByText('21 of 21 nodes').waitFor();
    await page.getByRole('button', { name: 'Drain' }).click();
    await confirm(page, 'drain worker-0002');
    await page.getByRole('button', { name: 'Resume' }).click();
    await confirm(page, 'resume worker-0002');
    await page.getByRole('button', { name: 'Drain' }).waitFor();
    await page.goto(`${cluster.url}/#/control`);
    await page.getByRole('textbox', { name: 'Line' }).fill('fly away');
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Do it' }).click();
    await page.getByRole('dialog').getByRole('alert').getByText(/fly/).waitFor();
    // The refusal is a 400, which a browser reports; nothing else went wrong.
    expect(problems.filter((text) => !text.includes('400'))).toEqual([]);
    await close();
  });

  it('walks the name space over 9P, reads a worker and asks it', async () => {
    const { page, problems, close } = await visit(browser, `${cluster.url}/#/files`);
    await page.getByText('9P2000 over WebSocket').waitFor();
    await page.getByRole('link', { name: 'status', exact: true }).click();
    await page.getByText(/Cluster: \d+ nodes, \d+% util/).waitFor();
    await page.getByRole('link', { name: 'worker-0001/' }).click();
    await page.getByRole('link', { name: 'data', exact: true }).click();
    await page.getByLabel('Question').fill('max_tokens=4\n\nWhat is AI?');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page
      .locator('section.file')
      .getByText(/^echo:/)
      .waitFor();
    await page.getByRole('link', { name: 'ctl', exact: true }).click();
    await page.getByLabel('Write').fill('drain');
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByText('written').waitFor();
    await expect
      .poll(() => cluster.orchestrator.nodes.find(({ id }) => id === 'worker-0001')?.state)
      .toBe('draining');
    expect(problems).toEqual([]);
    await close();
  });

  it('goes on after the gateway was restarted', async () => {
    const { page, close } = await visit(browser, cluster.url);
    await page.locator('.link.live').waitFor();
    await cluster.restart(async () => {
      await page.getByText('Connection lost').waitFor();
    });
    await page.locator('.link.live').waitFor();
    cluster.orchestrator.events.add('all is well');
    await page.getByText('All is well').waitFor();
    await page.goto(`${cluster.url}/#/files`);
    await page.getByRole('link', { name: 'worker-0002/' }).waitFor();
    await close();
  });
});

describe.skipIf(executable === undefined)(`the page and a cluster with keys${skipReason}`, () => {
  it('lets in by key only, and shows what a key may not do', async () => {
    const { KeyStore } = await import('../../llambo/src/keys/index.ts');
    const folder = mkdtempSync(join(tmpdir(), 'llambo-dashboard-'));
    const keys = new KeyStore(join(folder, 'keys.json'));
    const cluster = await startCluster({
      classes: '\n  tiny: { count: 2, model: echo-tiny, capacity: 2 }\n',
      gateway: { keys },
    });
    try {
      const operator = keys.create({ name: 'operator', scopes: ['operate'] });
      const { page, close } = await visit(browser, cluster.url);
      const dialog = page.getByRole('dialog');
      await dialog.getByText('This cluster asks for a key.').waitFor();
      await dialog.getByLabel('Key', { exact: true }).fill('sk-llambo-wrong');
      await page.keyboard.press('Enter');
      await dialog.getByText('The key was not accepted.').waitFor();
      await dialog.getByLabel('Key', { exact: true }).fill(operator.secret);
      await page.keyboard.press('Enter');
      await page.locator('.figures').getByText('HEALTHY').waitFor();
      await page.goto(`${cluster.url}/#/chat`);
      await page.getByRole('textbox', { name: 'Question' }).fill('What is AI?');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText(/infer/).waitFor();
      await close();
    } finally {
      await cluster.close();
      rmSync(folder, { recursive: true });
    }
  });
});
