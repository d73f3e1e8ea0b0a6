/** A real Chromium, where there is one. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function find(): string | undefined {
  const given = process.env.CHROMIUM;
  if (given !== undefined) return existsSync(given) ? given : undefined;
  const places = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)].flatMap((at) =>
    NAMES.map((name) => join(at, name)),
  );
  places.push('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  return places.find((path) => existsSync(path));
}

export const executable = find();

/** Why browser tests are skipped, for the name of the suite. */
export const skipReason =
  executable === undefined ? ' (skipped: no chromium found; set CHROMIUM to its path)' : '';

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}

export interface Visit {
  readonly page: Page;
  /** Errors of the page: exceptions, console errors, refused content, requests to elsewhere. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** Opens `url` in a context of its own. What fails on purpose in a test shows up in `problems` too. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  timeout = 15_000,
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 760 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`${error.message}\n${error.stack ?? ''}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const home = new URL(url).origin;
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(home) && !target.startsWith('data:')) problems.push(`request to ${target}`);
  });
  page.setDefaultTimeout(timeout);
  await page.goto(url);
  return { page, problems, close: () => context.close() };
}
