import { describe, expect, it } from 'vitest';
import { type PullProgress, progressRenderer } from '../../src/store/index.ts';
import { Meter } from '../../src/store/progress.ts';

const escapes = /\x1b\[\d*[A-Za-z]/g;

function capture(isTTY: boolean, env: NodeJS.ProcessEnv = {}, columns = 80) {
  let text = '';
  let clock = 0;
  const stream = { isTTY, columns, write: (more: string) => (text += more) };
  const render = progressRenderer(stream, { env, now: () => clock });
  return {
    show: (progress: Partial<PullProgress>) =>
      render({
        model: 'small',
        phase: 'downloading',
        source: 'hf:u/r/f.gguf',
        bytes: 0,
        total: 0,
        bytesPerSecond: 0,
        secondsLeft: undefined,
        message: '',
        ...progress,
      }),
    tick: (ms: number) => {
      clock += ms;
    },
    get text() {
      return text;
    },
  };
}

describe('a meter', () => {
  it('counts speed and time left over the last seconds', () => {
    let now = 0;
    const all: PullProgress[] = [];
    const meter = new Meter(
      'small',
      (p) => all.push(p),
      () => now,
    );
    meter.phase('downloading', 'x');
    for (let i = 1; i <= 20; i++) {
      now += 1000;
      meter.count(i * (i <= 10 ? 1000 : 2000), 100_000);
    }
    expect(all[1]).toMatchObject({ bytes: 1000, bytesPerSecond: 1000, secondsLeft: 99 });
    expect(all.at(-1)).toMatchObject({ bytes: 40_000, bytesPerSecond: 2000, secondsLeft: 30 });
  });

  it('reports ten times a second at most, and the end always', () => {
    let now = 0;
    const all: PullProgress[] = [];
    const meter = new Meter(
      'small',
      (p) => all.push(p),
      () => now,
    );
    meter.phase('downloading', 'x');
    for (let i = 1; i <= 1000; i++) {
      now += 1;
      meter.count(i, 1000);
    }
    expect(all.length).toBeLessThanOrEqual(12);
    expect(all.at(-1)!.bytes).toBe(1000);
  });
});

describe('in a terminal', () => {
  it('draws one line over, with bar, speed and time left', () => {
    const out = capture(true);
    out.show({ bytes: 25e6, total: 100e6, bytesPerSecond: 5e6, secondsLeft: 75 });
    const [line] = out.text.replace(escapes, '').split('\r');
    expect(line).toMatch(/^small █+░+ {2}25% 25.0 MB of 100.0 MB, 5.0 MB\/s, 1 min 15 s left$/);
    expect(line!.length).toBeLessThan(80);
    out.show({ bytes: 50e6, total: 100e6 });
    expect(out.text).toContain('\r\x1b[K');
    expect(out.text).not.toContain('\n');
    out.show({ phase: 'done', message: '/m/small.gguf', bytes: 100e6 });
    expect(out.text.replace(escapes, '')).toMatch(/\rsmall \/m\/small.gguf \(100.0 MB\)\n$/);
  });

  it('leaves no half line behind when the pull fails', () => {
    const out = capture(true, { NO_COLOR: '1' });
    out.show({ phase: 'failed', message: 'before anything was drawn' });
    expect(out.text).toBe('');
    out.show({ bytes: 1, total: 2 });
    out.show({ phase: 'failed', message: 'gone' });
    expect(out.text).toMatch(/\r\x1b\[K$/);
  });

  it('fits any width', () => {
    for (const columns of [10, 20, 40, 60, 200]) {
      const out = capture(true, { NO_COLOR: '1' }, columns);
      out.show({ bytes: 1, total: 3, bytesPerSecond: 1e6, secondsLeft: 4000 });
      expect(out.text.length).toBeLessThan(columns);
    }
  });

  it('has no colour when NO_COLOR says so', () => {
    const out = capture(true, { NO_COLOR: '1' });
    out.show({ bytes: 1, total: 2 });
    out.show({ phase: 'skipped', message: 'gone' });
    out.show({ phase: 'done', message: 'x', bytes: 2 });
    expect(out.text).not.toMatch(/\x1b\[\d+m/);
  });
});

describe('elsewhere', () => {
  it.each([
    [false, {}],
    [true, { TERM: 'dumb' }],
  ])('writes plain lines, one a phase and one every five seconds', (tty, env) => {
    const out = capture(tty, env);
    out.show({ phase: 'checking' });
    out.show({});
    for (let i = 1; i <= 100; i++) {
      out.tick(100);
      out.show({ bytes: i, total: 100, bytesPerSecond: 10, secondsLeft: 10 - i / 10 });
    }
    out.show({ phase: 'skipped', message: 'broke\n  off' });
    out.show({ phase: 'done', source: '', message: '/m/small.gguf', bytes: 98e6, total: 98e6 });
    expect(out.text).not.toMatch(/[\x1b\r]/);
    expect(out.text.split('\n')).toEqual([
      'small: downloading from hf:u/r/f.gguf',
      expect.stringMatching(/^small: downloading from hf:u\/r\/f.gguf 50% 0 kB of 0 kB, 0 kB\/s, 5 s left$/),
      expect.stringMatching(/ 100% /),
      'small: skipped hf:u/r/f.gguf: broke off',
      'small: ready: /m/small.gguf (98.0 MB)',
      '',
    ]);
  });
});
