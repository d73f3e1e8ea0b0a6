import { expect, it } from 'vitest';
import {
  AutoscaleController,
  type Clock,
  type ControllerOptions,
  formatDecisions,
} from '../../src/cluster/autoscaler/index.ts';

/** A clock that stands still until it is told to run. */
class VirtualClock implements Clock {
  #now = 0;
  #timers: { at: number; call: () => void }[] = [];
  now = (): number => this.#now;
  wall = (): number => 1_700_000_000_000 + this.#now;
  timeOfDay = (): number => this.#now % 86_400_000;

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  async run(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = end;
  }
}

/** A cluster of one or more classes whose nodes take `warmUpMs` to start. */
function cluster(options: Partial<ControllerOptions> = {}, warmUpMs = 5000) {
  const clock = new VirtualClock();
  const acts: string[] = [];
  const log: string[] = [];
  const classes = new Map<string, { nodes: { id: string; load: number }[]; waiting: number }>();
  const of = (name: string) => {
    const known = classes.get(name) ?? { nodes: [], waiting: 0 };
    classes.set(name, known);
    return known;
  };
  const world = { clock, acts, log, of, classes, last: 0, looks: 0, broken: false };
  const controller = new AutoscaleController({
    limits: { minimum: 0, maximum: 100, classes: { tiny: { minimum: 0 } } },
    clock,
    log: (text) => log.push(text),
    signals: {
      read: () => {
        world.looks++;
        return [...classes].map(([name, { nodes, waiting }]) => ({
          class: name,
          ready: nodes.length,
          starting: 0,
          slots: 2,
          busy: nodes.reduce((sum, { load }) => sum + load, 0),
          waiting,
          tokensPerSecond: 0,
          firstTokenMs: 0,
        }));
      },
      nodes: (name) => of(name).nodes,
    },
    effects: {
      spawn: (name, count) => {
        acts.push(`${clock.now()} spawn ${name} ${count}`);
        if (world.broken) return Promise.reject(new Error('no room'));
        return new Promise((resolve) => {
          clock.after(warmUpMs, () => {
            for (let i = 0; i < count; i++) of(name).nodes.push({ id: `${name}-${++world.last}`, load: 0 });
            resolve(undefined);
          });
        });
      },
      drain: async (ids) => {
        acts.push(`${clock.now()} drain ${ids.join(' ')}`);
        for (const each of classes.values()) each.nodes = each.nodes.filter(({ id }) => !ids.includes(id));
      },
    },
    ...options,
  });
  return Object.assign(world, { controller });
}

it('starts from zero when a request waits, at once, and measures the cold start', async () => {
  const { clock, acts, of, controller } = cluster();
  of('tiny');
  controller.start();
  await clock.run(10_500);
  expect(acts).toEqual([]);
  expect(controller.hopeful('tiny')).toBe(true);
  of('tiny').waiting = 1;
  for (let i = 0; i < 50; i++) controller.wake();
  await clock.run(400);
  expect(acts).toEqual(['10600 spawn tiny 1']);
  of('tiny').waiting = 0;
  await clock.run(9000);
  expect(acts).toHaveLength(1);
  expect(controller.classes()[0]).toMatchObject({ ready: 1, starting: 0, coldStartMs: 5000, warmUpMs: 5000 });
});

it('goes back to zero when nobody asks any more', async () => {
  const { clock, acts, of, controller } = cluster();
  of('tiny').nodes.push({ id: 'tiny-1', load: 0 });
  controller.start();
  await clock.run(600_000);
  expect(acts).toHaveLength(1);
  expect(acts[0]).toMatch(/ drain tiny-1$/);
  expect(formatDecisions(controller.decisions(1))).toMatch(/tiny 1 > 0: demand 0\+0, 2 slots, .*: down/);
});

it('counts what it asked for as starting, so that one surge is answered once', async () => {
  const { clock, acts, of, controller } = cluster();
  of('tiny').nodes.push({ id: 'tiny-1', load: 2 });
  of('tiny').waiting = 24;
  controller.start();
  await clock.run(4900);
  expect(acts).toEqual(['0 spawn tiny 19']);
  expect(controller.classes()[0]).toMatchObject({ ready: 1, starting: 19 });
});

it('backs off spawns that fail, and reports them', async () => {
  const world = cluster();
  const { clock, acts, log, of, controller } = world;
  world.broken = true;
  of('tiny').waiting = 1;
  controller.start();
  await clock.run(120_000);
  expect(acts.length).toBeLessThanOrEqual(8); // at 0, 1, 3, 7, 15, 31, 63 s or so
  expect(log).toContain('spawning 1 tiny nodes failed: no room');
  expect(controller.classes()[0]?.failures).toBe(acts.length);
  expect(world.looks).toBeLessThan(140);
  expect(controller.decisions().at(-1)?.why).toMatch(/spawns failed \d times: next try in \d+ s/);
  world.broken = false;
  await clock.run(60_000);
  expect(controller.classes()[0]).toMatchObject({ failures: 0, ready: 1 });
});

it('gives up on a spawn that never settles', async () => {
  const { clock, log, of, controller } = cluster(
    {
      spawnTimeoutMs: 3000,
      effects: { spawn: () => new Promise(() => {}), drain: async () => {} },
    },
    0,
  );
  of('tiny').waiting = 1;
  controller.start();
  await clock.run(3500);
  expect(log).toContain('spawning 1 tiny nodes failed: nothing served after 3 s');
});

it('keeps all classes together under the maximum, and the first above the minimum', async () => {
  const { clock, acts, of, controller } = cluster({
    limits: { minimum: 3, maximum: 10, classes: { tiny: { minimum: 1 }, large: { minimum: 0, maximum: 4 } } },
  });
  of('tiny');
  of('large').waiting = 100;
  controller.start();
  await clock.run(500);
  expect(acts).toEqual(['0 spawn tiny 3', '0 spawn large 4']);
  of('tiny').waiting = 100;
  await clock.run(6000);
  expect(acts[2]).toMatch(/spawn tiny 3$/);
});

it('forgets a class that is gone', async () => {
  const { clock, acts, of, classes, controller } = cluster();
  of('tiny').waiting = 5;
  controller.start();
  await clock.run(100);
  classes.delete('tiny');
  await clock.run(20_000);
  expect(acts).toHaveLength(1);
  expect(controller.classes().filter(({ ready }) => ready === 0)).toEqual([]);
});

it('drains the emptiest nodes', async () => {
  const { clock, acts, of, controller } = cluster({ policy: 'seed' });
  of('tiny').nodes.push({ id: 'a', load: 1 }, { id: 'b', load: 0 }, { id: 'c', load: 0 });
  controller.setLimits({ minimum: 1, maximum: 10 });
  controller.start();
  await clock.run(500);
  expect(acts).toEqual(['0 drain b c']);
});

it('can be switched off, on, and to another policy, and outlives a source that fails', async () => {
  const { clock, log, of, controller } = cluster({
    signals: {
      read: () => {
        throw new Error('registry is busy');
      },
      nodes: () => [],
    },
  });
  of('tiny');
  controller.start();
  await clock.run(5000);
  expect(log).toEqual(['autoscaler could not look: registry is busy']);
  controller.stop();
  expect(controller.hopeful('tiny')).toBe(false);
  await clock.run(5000);
  controller.setPolicy('kpa');
  expect(controller.policy).toBe('kpa');
  expect(() => controller.setPolicy('magic')).toThrow('policy magic is unknown');
});

it('gives every class what the policy was told of it', async () => {
  const { clock, acts, of, controller } = cluster({
    policy: 'schedule',
    policyOptions: {
      schedule: [{ at: '00:00', nodes: 2 }],
      groups: { large: { schedule: [{ at: '00:00', nodes: 1 }] } },
    },
  });
  of('tiny');
  of('large');
  controller.start();
  await clock.run(1500);
  expect(acts).toEqual(['0 spawn tiny 2', '0 spawn large 1']);
  expect(controller.decisions().map(({ why }) => why)).toEqual([
    'schedule: 2 from 00:00',
    'schedule: 1 from 00:00',
  ]);
});
