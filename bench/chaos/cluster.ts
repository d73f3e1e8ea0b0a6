/** A cluster as users start it, orchestrator here and hosts as built, and the means to hurt it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Gateway, Orchestrator, parseConfig, startGateway } from 'llambo';
import { type FileDoors, serveFiles } from '../../packages/llambo/src/cluster/serve.ts';
import { Wire } from './proxy.ts';

export interface ChaosOptions {
  /** Name for the echo engine, or a path. */
  readonly model: string;
  readonly kind: 'echo' | 'llama';
  readonly nodes: number;
  /** Requests at once of a node, and of an engine. */
  readonly capacity: number;
  readonly sequences: number;
  readonly tokenMs?: number;
  /** Hosts are reached over tcp, by wires that can be cut. */
  readonly wired: boolean;
}

const HOSTS = ['a', 'b', 'c'] as const;
const MAIN = fileURLToPath(new URL('../../packages/llambo/dist/host/main.js', import.meta.url));
const TOKEN = 'a-token-for-the-bench-alone';
/** An init system waits about as long before it starts again what has died. */
const RESTART_MS = 100;

interface Machine {
  readonly name: string;
  child?: ChildProcess;
  /** The way to the orchestrator, and from there to the host. */
  readonly wires: Wire[];
  start(): void;
}

export class ChaosCluster {
  readonly orchestrator: Orchestrator;
  readonly url: string;
  readonly #gateway: Gateway;
  readonly #doors: FileDoors;
  readonly #folder: string;
  readonly #machines: Machine[] = [];
  #running = true;
  #turn = 0;
  #dumb: Machine | undefined;

  static async start(options: ChaosOptions): Promise<ChaosCluster> {
    const { model, kind, nodes, capacity, sequences, tokenMs, wired } = options;
    const folder = mkdtempSync(join(tmpdir(), 'llambo-chaos-'));
    const config = parseConfig(
      JSON.stringify({
        classes: { tiny: { count: nodes, model, capacity, context_size: 512 } },
        engine: { kind, sequences, ...(tokenMs === undefined ? {} : { token_ms: tokenMs }) },
        queue: 10_000,
        listen: { http: '127.0.0.1:0' },
      }),
      'bench',
    );
    const orchestrator = await Orchestrator.create(config, { token: TOKEN });
    const doors = await serveFiles(orchestrator, {
      local: `unix!${join(folder, 'llambo')}`,
      remote: 'tcp!127.0.0.1!0',
      token: TOKEN,
    });
    const gateway = await startGateway(orchestrator, config.listen.http);
    const cluster = new ChaosCluster(orchestrator, gateway, doors, folder);
    for (const [i, name] of HOSTS.entries())
      await cluster.#machine(name, kind, wired ? 20_000 + i : undefined);
    const deadline = performance.now() + 30_000;
    while (orchestrator.hosts().length < HOSTS.length) {
      if (performance.now() > deadline) throw new Error('hosts did not join');
      await sleep(20);
    }
    // The first host that came has all nodes by now: begin with fair shares.
    await orchestrator.ready();
    await orchestrator.execute('scale tiny 0');
    while (orchestrator.status().nodes > 0) await sleep(20);
    await orchestrator.execute(`scale tiny ${nodes}`);
    await orchestrator.ready();
    return cluster;
  }

  private constructor(orchestrator: Orchestrator, gateway: Gateway, doors: FileDoors, folder: string) {
    this.orchestrator = orchestrator;
    this.url = gateway.url;
    this.#gateway = gateway;
    this.#doors = doors;
    this.#folder = folder;
  }

  /** Two engines for each host: kills the next one of either. True when something died. */
  async kill(model: string): Promise<boolean> {
    const turn = this.#turn++;
    if (turn % 3 === 2)
      return this.#machines[((turn / 3) % HOSTS.length) | 0]?.child?.kill('SIGKILL') === true;
    for (let i = 0; i < HOSTS.length; i++) {
      const host = this.orchestrator.fleet.host(HOSTS[(turn + i) % HOSTS.length] as string);
      const info = (await host?.engineInfo(model).catch(() => undefined)) as { pid?: number } | undefined;
      if (info?.pid === undefined) continue;
      try {
        return process.kill(info.pid, 'SIGKILL');
      } catch {
        // It is dead already.
      }
    }
    return false;
  }

  /** Breaks the next host's connections, which come back half a second later; or strikes them dumb for five seconds. */
  fail(): boolean {
    const turn = this.#turn++;
    const dumb = turn % 6 === 0;
    const at = dumb ? turn / 6 : turn;
    const machine = this.#machines[at % HOSTS.length] as Machine;
    // What is silent stays so: a cut would tell.
    const victim = machine === this.#dumb ? (this.#machines[(at + 1) % HOSTS.length] as Machine) : machine;
    if (dumb) this.#dumb = victim;
    for (const wire of victim.wires) dumb ? wire.silence() : wire.cut();
    const mend = (): void => {
      if (dumb) this.#dumb = undefined;
      if (this.#running) for (const wire of victim.wires) wire.mend();
    };
    setTimeout(mend, dumb ? 5000 : 500);
    return true;
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.orchestrator.stop();
    await this.#gateway.close();
    await this.#doors.close();
    for (const { child, wires } of this.#machines) {
      child?.kill('SIGKILL');
      for (const wire of wires) wire.close();
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #machine(name: string, kind: string, port: number | undefined): Promise<void> {
    const wires: Wire[] = [];
    let [listen, to, address] = [`unix!${join(this.#folder, name)}`, this.#doors.local, ''];
    if (port !== undefined) {
      const remote = Number(this.#doors.remote?.split('!').at(-1));
      const out = await Wire.to({ host: '127.0.0.1', port: remote });
      const back = await Wire.to({ host: '127.0.0.1', port });
      wires.push(out, back);
      listen = `tcp!127.0.0.1!${port}`;
      to = `tcp!127.0.0.1!${out.port}`;
      address = `tcp!127.0.0.1!${back.port}`;
    }
    const machine: Machine = {
      name,
      wires,
      start: () => {
        // Threads have ports of their own, which no wire leads to: on a wire everything goes by the host's.
        const attributes = {
          name,
          listen,
          join: to,
          kind,
          threads: address === '' ? 1 : 0,
          orphan: 20,
          ...(address === '' ? {} : { address }),
        };
        const args = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
        machine.child = spawn(process.execPath, [MAIN, ...args], {
          stdio: ['ignore', 'ignore', process.env['CHAOS_LOG'] ? 'inherit' : 'ignore'],
          env: { ...process.env, LLAMBO_TOKEN: TOKEN },
        });
        machine.child.on(
          'exit',
          () => this.#running && setTimeout(() => this.#running && machine.start(), RESTART_MS),
        );
      },
    };
    this.#machines.push(machine);
    machine.start();
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
