/**
 * `npm run screenshots -w packages/dashboard [SECONDS]`: pictures of the page for README and docs, into docs/pictures.
 * Nothing in them is acted: three hosts with 1,000 nodes, each a Dis machine, echo engines that give a token each
 * second, questions over HTTP that keep two thirds of the nodes busy, and what happens in SECONDS (180 when not given).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EchoEngine } from '@llambo/llama';
import { Orchestrator, parseConfig, startGateway } from 'llambo';
import type { Page } from 'playwright-core';
import { engineServer } from '../../llambo/src/engine/server.ts';
import { type LaunchEngine, startHost } from '../../llambo/src/host/index.ts';
import { launch, visit } from '../test/support/browser.ts';
import { buildPage, folder } from '../test/support/page.ts';

const SECONDS = Number(process.argv[2] ?? 180);
const pictures = join(folder, '../../docs/pictures');
/** Of the seed, short of the tiny nodes that are spawned while one looks. */
const CONFIG = `
engine: { kind: echo, sequences: 256 }
host: { local: false }
classes:
  tiny:   { count: 700, model: echo-tiny, memory: 128MB, cpu: 0.1, capacity: 1 }
  medium: { count: 200, model: echo-medium, memory: 1GB, cpu: 1, capacity: 2 }
  large:  { count: 50, model: echo-large, memory: 8GB, cpu: 4, capacity: 4 }
`;
const SHARES = { tiny: 750, medium: 400, large: 200 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** Milliseconds: machine and cluster are busy. */
const PATIENCE = 60_000;

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const say = (text: string): boolean => process.stderr.write(`${text}\n`);

const paced: LaunchEngine = async (options) => {
  const engine = new EchoEngine({ ...options, tokenMs: 1000, firstMs: 30 });
  return { target: engineServer(engine), close: () => engine.close() };
};

async function startHosts(orchestrator: Orchestrator, at: string): Promise<() => Promise<void>> {
  const hosts = await Promise.all(
    ['server-1', 'server-2', 'server-3'].map((name) =>
      startHost({
        name,
        listen: `unix!${join(at, name)}`,
        threads: 0,
        engine: { kind: 'echo' },
        launch: paced,
      }),
    ),
  );
  // At once, so that none has to take all nodes.
  await Promise.all(hosts.map((host) => orchestrator.join(host.name, host.fileServer())));
  await orchestrator.ready();
  return async () => {
    await Promise.all(hosts.map((host) => host.close()));
  };
}

/** Keeps `share` of every class busy with questions of different lengths, until it is told to stop. */
function load(url: string, share: () => number): () => void {
  const running = { tiny: 0, medium: 0, large: 0 };
  let asked = 0;
  const ask = async (model: keyof typeof running): Promise<void> => {
    running[model]++;
    const messages = [{ role: 'user', content: `question ${++asked}` }];
    const body = JSON.stringify({ model, messages, max_tokens: 20 + ((asked * 7919) % 80) });
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    };
    await fetch(`${url}/v1/chat/completions`, request)
      .then((response) => response.text())
      .catch(() => {});
    running[model]--;
  };
  const timer = setInterval(() => {
    for (const model of ['tiny', 'medium', 'large'] as const) {
      // A few at a time: questions do not come all at once.
      const missing = Math.min(30, Math.round(SHARES[model] * share()) - running[model]);
      for (let i = 0; i < missing; i++) void ask(model);
    }
  }, 250);
  return () => clearInterval(timer);
}

async function shoot(page: Page, name: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const { data } = await client.send('Page.captureScreenshot', { format: 'webp', quality: 88 });
  writeFileSync(join(pictures, `${name}.webp`), Buffer.from(data, 'base64'));
  say(`docs/pictures/${name}.webp`);
}

buildPage();
mkdirSync(pictures, { recursive: true });
const sockets = mkdtempSync(join(tmpdir(), 'llambo-'));
const orchestrator = await Orchestrator.create(parseConfig(CONFIG));
say('starting 950 nodes ...');
const stopHosts = await startHosts(orchestrator, sockets);
const gateway = await startGateway(orchestrator, '127.0.0.1:0');
const { url } = gateway;
const browser = await launch();
const wide = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1.5 };
const started = Date.now();
const stop = load(url, () => 0.64 + 0.12 * Math.sin((Date.now() - started) / 25_000) + 0.04 * Math.random());
try {
  say('1,000 nodes at work ...');
  await pause(SECONDS / 3);
  await orchestrator.execute('strategy p2c', 'operator');
  await pause(SECONDS / 3);
  await orchestrator.execute('spawn tiny 50', 'operator');
  await pause(SECONDS / 3);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, close } = await visit(browser, url, { ...wide, colorScheme }, PATIENCE);
    await page.getByText('Tiny (750)').waitFor();
    await pause(4);
    await shoot(page, `overview-${colorScheme}`);
    await close();
  }
  {
    const { page, close } = await visit(browser, url, { ...PHONE, colorScheme: 'dark' }, PATIENCE);
    await page.getByText('Tiny (750)').waitFor();
    await pause(4);
    await shoot(page, 'phone');
    await close();
  }
  {
    const { page, close } = await visit(browser, `${url}/#/nodes/worker-0420`, wide, PATIENCE);
    await page.locator('.detail').getByText('/dev/llama').first().waitFor();
    await page.getByLabel('Group by').selectOption('host');
    await pause(2);
    await shoot(page, 'nodes');
    await page.goto(`${url}/#/fusion`);
    await page.getByRole('textbox', { name: 'Question' }).fill('Which planet is the largest?');
    await page.getByLabel(/^Answers to choose from/).fill('Mars\nJupiter\nVenus');
    await page.getByLabel('Votes', { exact: true }).fill('9');
    await page.getByRole('button', { name: 'Ask the nodes' }).click();
    await page.getByRole('heading', { name: /onsensus$/ }).waitFor({ timeout: 60_000 });
    await shoot(page, 'fusion');
    await page.goto(`${url}/#/files/worker-0420/status`);
    await page.locator('section.file').getByText('worker-0420').waitFor();
    await pause(1);
    await shoot(page, 'files');
    await close();
  }
} finally {
  stop();
  await browser.close();
  await gateway.close();
  await orchestrator.stop();
  await stopHosts();
  rmSync(sockets, { recursive: true, force: true });
}
process.exit();
