import { hasColours, hasCursor, KeyDecoder, painter, Region } from '../../terminal/index.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { draw } from '../top/draw.ts';
import { Feed } from '../top/feed.ts';
import { FIRST_VIEW, press, type View } from '../top/view.ts';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J';
const LEAVE = '\x1b[?25h\x1b[?1049l';
/** Nobody presses keys: nothing is selected. */
const STILL: View = { ...FIRST_VIEW, selected: -1 };
/** Silence after which an Escape was the key itself, in milliseconds. */
const ESCAPE_MS = 50;

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const { stdin, stdout } = process;
  if (parsed.flag('once') || !stdin.isTTY || !hasCursor(stdout)) {
    const feed = new Feed(cluster);
    await feed.once();
    const size = { columns: stdout.isTTY ? stdout.columns : 80, rows: 200 };
    stdout.write(`${draw(STILL, feed.scene, size, painter(hasColours(stdout))).join('\n')}\n`);
    return EXIT.ok;
  }
  await cluster.status(); // when nobody answers, this says so before the screen changes
  return live(new Feed(cluster));
}

/** Until q: redraws when something changed. */
async function live(feed: Feed): Promise<number> {
  const { stdin, stdout } = process;
  const paint = painter(hasColours(stdout));
  const region = new Region(stdout);
  const keys = new KeyDecoder();
  let view: View = FIRST_VIEW;
  let waiting: NodeJS.Timeout | undefined;
  const redraw = (): void => {
    const size = { columns: stdout.columns, rows: stdout.rows };
    region.draw(draw(view, feed.scene, size, paint), { row: 0, column: 0 });
  };
  return new Promise((resolve) => {
    const end = (code: number): void => {
      feed.close();
      clearTimeout(waiting);
      stdin.off('data', onData);
      stdout.off('resize', onResize);
      process.off('SIGTERM', onTerm);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.write(LEAVE);
      resolve(code);
    };
    const onTerm = (): void => end(EXIT.interrupted);
    const onResize = (): void => {
      stdout.write('\x1b[H\x1b[2J');
      region.forget();
      redraw();
    };
    const onKeys = (pressed: ReturnType<KeyDecoder['push']>): void => {
      for (const { name, text } of pressed) {
        // Keys that come in one go are one text.
        for (const key of name === 'text' ? [...text] : [name]) {
          const next = press(key, view, feed.scene);
          if (next === undefined) return end(EXIT.ok);
          view = next;
        }
      }
      feed.look(view);
      redraw();
    };
    const onData = (bytes: Uint8Array): void => {
      clearTimeout(waiting);
      onKeys(keys.push(bytes));
      if (keys.waiting) waiting = setTimeout(() => onKeys(keys.flush()), ESCAPE_MS);
    };
    stdout.write(ENTER);
    stdin.setRawMode(true);
    stdin.on('data', onData);
    stdin.resume();
    stdout.on('resize', onResize);
    process.on('SIGTERM', onTerm);
    feed.start(redraw);
    redraw();
  });
}
