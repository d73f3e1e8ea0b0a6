/**
 * What an update costs the page: milliseconds of the main thread's processor time a second, with 1,000 and 10,000 nodes
 * that change every second, on the overview (field, charts, figures). Prints a table and, as its last line, JSON.
 */
import { launch, visit } from '../test/support/browser.ts';
import { FakeGateway } from '../test/support/fake.ts';
import { buildPage } from '../test/support/page.ts';

const SECONDS = 12;
const CLASSES = {
  1000: { tiny: 750, medium: 200, large: 50 },
  10000: { tiny: 7500, medium: 2000, large: 500 },
};

buildPage();
const browser = await launch();
const found: Record<string, number> = {};
for (const [count, classes] of Object.entries(CLASSES)) {
  const gateway = await new FakeGateway({ classes }).start();
  const { page, close } = await visit(browser, gateway.url);
  await page.waitForFunction(() => document.querySelectorAll('.distribution li').length === 3);
  await page.waitForTimeout(3000);
  const client = await page.context().newCDPSession(page);
  // Processor time of the main thread, not the clock's: other programs do not count.
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metric = async (name: string): Promise<number> => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find((each) => each.name === name)?.value ?? 0;
  };
  const before = await metric('TaskDuration');
  await page.waitForTimeout(SECONDS * 1000);
  const after = await metric('TaskDuration');
  found[`ms_${count}`] = Math.round(((after - before) / SECONDS) * 10_000) / 10;
  await close();
  await gateway.stop();
}
await browser.close();
console.table(found);
console.log(JSON.stringify(found));
