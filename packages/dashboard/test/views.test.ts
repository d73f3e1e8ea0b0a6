// biome-ignore-all lint/performance/useDomNodeTextContent: of a locator, and as it is seen
/** Every view over a gateway that acts a full cluster: what they show, that nothing is refused, and that all can use them. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, launch, skipReason, visit } from './support/browser.ts';
import { FakeGateway } from './support/fake.ts';
import { buildPage, folder } from './support/page.ts';

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
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe calls serious or critical, by all of its rules or by one. */
async function findings(page: Page, rule?: string): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const options = {
    resultTypes: ['violations'],
    ...(rule === undefined ? {} : { runOnly: { type: 'rule', values: [rule] } }),
  };
  const run = `axe.run(document, ${JSON.stringify(options)})`;
  const { violations } = (await page.evaluate(run)) as { violations: readonly Finding[] };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

describe('the built page', () => {
  beforeAll(buildPage, 60_000);

  it('weighs less than 100 kB gzipped, all of it', () => {
    const assets = readdirSync(join(folder, 'dist/assets')).map((name) => join('dist/assets', name));
    const sizes = ['dist/index.html', 'dist/favicon.svg', ...assets].map(
      (path) => gzipSync(readFileSync(join(folder, path))).length,
    );
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(100_000);
  });
});

describe.skipIf(executable === undefined)(`the views${skipReason}`, () => {
  let browser: Browser;
  let gateway: FakeGateway;
  /** Few enough that axe is done soon. */
  let small: FakeGateway;

  beforeAll(async () => {
    buildPage();
    browser = await launch();
    gateway = await new FakeGateway().start();
    gateway.event('worker-0742 recovered from error');
    small = await new FakeGateway({ classes: { tiny: 12, medium: 4, large: 2 } }).start();
    small.event('spawned 12 tiny nodes');
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    await small?.stop();
  });

  it.each([
    ['light', {}, VIEWS, undefined],
    ['dark', { colorScheme: 'dark' }, VIEWS, 'color-contrast'],
    ['phone', PHONE, ['', 'nodes/worker-0007', 'files/ctl'], undefined],
  ] as const)(
    'are for everybody, and break no rule of the policy (%s)',
    async (_name, options, views, rule) => {
      const { page, problems, close } = await visit(browser, small.url, options);
      for (const view of views) {
        await page.goto(`${small.url}/#/${view}`);
        await page.locator('.link.live').waitFor();
        await page
          .locator(view === 'files/ctl' ? 'section.file' : 'main > *')
          .first()
          .waitFor();
        expect(await findings(page, rule), view).toEqual([]);
      }
      expect(problems).toEqual([]);
      await close();
    },
  );

  it('fit on a phone', async () => {
    const { page, close } = await visit(browser, gateway.url, PHONE);
    for (const view of VIEWS) {
      await page.goto(`${gateway.url}/#/${view}`);
      await page.locator('.link.live').waitFor();
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wide, `${view} is wider than the screen`).toBeLessThanOrEqual(0);
    }
    await close();
  });

  it('open with the monitoring box', async () => {
    const { page, close } = await visit(browser, gateway.url);
    const box = page.getByRole('region', { name: 'Llambo cluster monitoring' });
    await box.getByText('/10,000').waitFor();
    const text = await box.innerText();
    for (const part of [
      /✓ HEALTHY/,
      /[\d,]+ tok\/s/,
      /\d+ ms/,
      /\d+%/,
      /99\.98%/,
      /Tiny \(750\)/,
      /Medium \(200\)/,
      /Large \(50\)/,
      /75%/,
      /20%/,
      /5%/,
    ])
      expect(text).toMatch(part);
    await box.getByRole('link', { name: 'worker-0742' }).click();
    await page.locator('.detail').getByRole('heading', { name: 'worker-0742' }).waitFor();
    await close();
  });

  it('follow the cluster: figures, events, and nodes that are added', async () => {
    const own = await new FakeGateway({ classes: { tiny: 20 } }).start();
    const { page, close } = await visit(browser, own.url);
    const figures = page.locator('.figures');
    await figures.getByText('HEALTHY').waitFor();
    own.health = 'degraded';
    await figures.getByText('DEGRADED').waitFor();
    own.event('load spike detected, scaling up');
    await page.getByText('Load spike detected, scaling up').waitFor();
    await page.goto(`${own.url}/#/control`);
    await page.getByLabel('How many').fill('25');
    await page.getByRole('button', { name: 'Spawn' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Do it' }).click();
    await page.getByRole('status').getByText('spawned 25 tiny nodes').waitFor();
    expect(own.commands).toEqual(['spawn tiny 25']);
    await page.goto(`${own.url}/#/nodes`);
    await page.getByText('45 of 45 nodes').waitFor();
    await page.getByRole('searchbox', { name: 'Filter' }).fill('worker-0045');
    await page.getByRole('link', { name: 'worker-0045' }).waitFor();
    await close();
    await own.stop();
  });

  it('show a streamed answer as Markdown, and the node that gave it', async () => {
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
  });

  it('count votes as they come in', async () => {
    const { page, close } = await visit(browser, `${gateway.url}/#/fusion`);
    await page.getByRole('textbox', { name: 'Question' }).fill('Which planet is the largest?');
    await page.getByRole('button', { name: 'Ask the nodes' }).click();
    await page.getByRole('heading', { name: 'Votes are coming in' }).waitFor();
    await page.getByRole('heading', { name: 'Consensus' }).waitFor();
    const tally = page.getByRole('list', { name: 'Answers by weight' });
    expect(
      (await tally.getByRole('listitem').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
    ).toEqual(['Jupiter 75%', 'Mars 25%']);
    await page.getByText('75% agree').waitFor();
    await page.getByText('engine is gone').waitFor();
    await close();
  });

  it('walk, read and write the name space by 9P in the browser', async () => {
    const { page, problems, close } = await visit(browser, `${gateway.url}/#/files`);
    await page.getByText('9P2000 over WebSocket').waitFor();
    await page.getByRole('link', { name: 'worker-0002/' }).click();
    await page.getByRole('link', { name: 'status' }).click();
    await page.getByText(/id=worker-0002 state=/).waitFor();
    await page.getByRole('link', { name: 'ctl' }).click();
    await page.getByText('resume').waitFor();
    await page.getByLabel('Write').fill('fly');
    await page.keyboard.press('Enter');
    await page.getByText('unknown command "fly": expected drain, resume').waitFor();
    await page.getByLabel('Write').fill('drain');
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByText('written').waitFor();
    expect(gateway.commands).toContain('drain worker-0002');
    await page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name: '/n/llambo' }).click();
    await page.getByRole('link', { name: 'worker-0001/' }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it('remember a choice of colours', async () => {
    const { page, close } = await visit(browser, gateway.url, { colorScheme: 'light' });
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
});
