/**
 * A gateway that only acts: any number of nodes, moved by a seeded generator, in the shapes of the real one's API. For
 * what a real cluster cannot do on demand in a test: 10,000 nodes, a gateway that falls silent, a node in every state.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as StyxServer } from '@llambo/styx';
import { ctl, dir, type StaticDir, serveTree, text } from '@llambo/styx/fs';
import { acceptWebSocket } from '@llambo/styx/node';
import { PAGE_HEADERS, servePage } from './page.ts';

const STATES = ['idle', 'busy', 'error', 'draining', 'starting', 'suspect'] as const;

interface FakeNode {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  readonly host: string;
  readonly capacity: number;
  load: number;
  state: number;
  requests: number;
}

export interface FakeOptions {
  readonly classes?: Readonly<Record<string, number>>;
  readonly seed?: number;
  /** The key that it wants. */
  readonly key?: string;
  readonly port?: number;
  /** Milliseconds between two states. */
  readonly every?: number;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class FakeGateway {
  readonly nodes: FakeNode[] = [];
  /** Lines that were written to ctl. */
  readonly commands: string[] = [];
  /** What the next ctl line is refused with. */
  refuse: string | undefined;
  /** No more states are sent, though connections stay. */
  silent = false;
  health: 'healthy' | 'degraded' | 'down' = 'healthy';
  readonly scalings: { at: number; class: string; from: number; to: number; why: string }[] = [];
  /** Pieces of every chat's answer, and what it ends with instead of an end, when not nothing. */
  answer: readonly string[] = ['An ', 'answer.'];
  cutOff: string | undefined;
  /** A fusion goes on after its first vote when this has settled. */
  held: Promise<void> | undefined;
  url = '';
  readonly #options: FakeOptions;
  readonly #random: () => number;
  readonly #streams = new Set<ServerResponse>();
  readonly #events: { serial: number; at: number; text: string }[] = [];
  readonly #points: unknown[] = [];
  #server: Server | undefined;
  #styx: StyxServer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #generation = 1;
  #time = 0;
  #strategy = 'least-loaded';

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#random = generator(options.seed ?? 1);
    for (const [name, count] of Object.entries(options.classes ?? { tiny: 750, medium: 200, large: 50 }))
      this.#spawn(name, count);
    for (let i = 0; i < 300; i++) this.#points.push(this.#step(Date.now() - (300 - i) * 1000));
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    this.#styx = new StyxServer(serveTree(this.#tree()));
    server.on('upgrade', (request, socket, head) => {
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/, */);
      if (this.#options.key !== undefined && !offered.includes(`key.${this.#options.key}`)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      const transport = acceptWebSocket(request, socket, head);
      if (transport !== undefined) this.#styx?.serve(transport);
    });
    const port = this.url === '' ? (this.#options.port ?? 0) : Number(new URL(this.url).port);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#timer = setInterval(() => this.tick(), this.#options.every ?? 1000);
    return this;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#streams.clear();
    await this.#styx?.close(0);
    const server = this.#server;
    await new Promise<void>((resolve) => {
      server?.close(() => resolve());
      server?.closeAllConnections();
    });
  }

  event(words: string): void {
    const event = { serial: this.#events.length + 1, at: Date.now(), text: words };
    this.#events.push(event);
    this.#send(`id: ${event.serial}\nevent: event\ndata: ${JSON.stringify(event)}\n\n`);
  }

  tick(): void {
    const point = this.#step(Date.now());
    this.#points.push(point);
    if (this.#points.length > 900) this.#points.shift();
    if (this.silent) return;
    const { states, ...status } = this.status();
    const data = { ...status, stateCounts: states, states: this.#bytes(), history: point };
    this.#send(`event: status\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #send(words: string): void {
    for (const stream of this.#streams) stream.write(words);
  }

  #spawn(name: string, count: number): void {
    const model =
      { tiny: 'smollm2-135m', medium: 'qwen2.5-0.5b', large: 'qwen2.5-1.5b' }[name] ?? 'smollm2-135m';
    const capacity = { tiny: 2, medium: 4, large: 8 }[name] ?? 4;
    for (let i = 0; i < count; i++) {
      const number = this.nodes.length + 1;
      this.nodes.push({
        id: `worker-${String(number).padStart(4, '0')}`,
        class: name,
        model,
        host: `server-${Math.floor((number - 1) / 334) + 1}`,
        capacity,
        load: 0,
        state: 0,
        requests: 0,
      });
    }
    this.#generation++;
  }

  #step(at: number): unknown {
    this.#time++;
    const wave = 0.67 + 0.18 * Math.sin(this.#time / 40) + 0.05 * (this.#random() - 0.5);
    for (const node of this.nodes) {
      if (this.#random() < 0.3)
        node.load = Math.max(
          0,
          Math.min(node.capacity, Math.round(node.capacity * (wave + 1.1 * (this.#random() - 0.5)))),
        );
      if (node.state < 2) {
        node.state = node.load > 0 ? 1 : 0;
        if (this.#random() < 0.0002) node.state = 2 + Math.floor(this.#random() * 4);
      } else if (this.#random() < 0.06) node.state = 0;
      if (node.state > 1) node.load = 0;
      node.requests += node.load > 0 && this.#random() < 0.2 ? 1 : 0;
    }
    const { utilisation, tokensPerSecond, firstTokenMs } = this.status();
    return {
      at,
      tokensPerSecond,
      firstTokenMs: {
        p50: firstTokenMs,
        p95: firstTokenMs * 1.9,
        p99: firstTokenMs * 2.8 + 20 * this.#random(),
      },
      waiting: Math.max(0, Math.round((wave - 0.78) * 400)),
      nodes: this.nodes.length,
      utilisation,
    };
  }

  status(): Record<string, unknown> & {
    utilisation: number;
    tokensPerSecond: number;
    firstTokenMs: number;
    states: unknown;
  } {
    const classes = new Map<string, { name: string; nodes: number; load: number; capacity: number }>();
    const states: Record<string, number> = { idle: 0, busy: 0 };
    let load = 0;
    let capacity = 0;
    for (const node of this.nodes) {
      const state = STATES[node.state] as string;
      states[state] = (states[state] ?? 0) + 1;
      load += node.load;
      capacity += node.capacity;
      const of = classes.get(node.class) ?? { name: node.class, nodes: 0, load: 0, capacity: 0 };
      of.nodes++;
      of.load += node.load;
      of.capacity += node.capacity;
      classes.set(node.class, of);
    }
    return {
      health: this.health,
      nodes: this.nodes.length,
      states,
      classes: [...classes.values()],
      load,
      capacity,
      utilisation: load / capacity,
      waiting: 0,
      strategy: this.#strategy,
      tokensPerSecond: load * 7.3,
      firstTokenMs: 30 + (load / capacity) * 22,
      uptimeSeconds: 300 + this.#time,
      maximum: 10_000,
      version: '0.1.0',
      generation: this.#generation,
      availability: 0.9998,
      autoscale: { on: true, policy: 'target' },
    };
  }

  #bytes(): string {
    const bytes = Uint8Array.from(
      this.nodes,
      ({ state, load, capacity }) => (Math.round((load / capacity) * 31) << 3) | state,
    );
    return Buffer.from(bytes).toString('base64');
  }

  #shape = ({
    id,
    class: name,
    model,
    host,
    capacity,
    load,
    state,
    requests,
  }: FakeNode): Record<string, unknown> => ({
    id,
    class: name,
    model,
    host,
    state: STATES[state],
    load,
    capacity,
    speed: 9.7,
    requests,
    tokens: requests * 60,
    failures: 0,
  });

  #execute(line: string): string {
    this.commands.push(line);
    const [verb, first = '', second = ''] = line.split(' ');
    if (verb === 'spawn') {
      this.#spawn(first, Number(second));
      this.event(`spawned ${second} ${first} nodes`);
      return `spawned ${second} ${first} nodes`;
    }
    if (verb === 'strategy') {
      this.#strategy = first;
      return `strategy is ${first}`;
    }
    const node = this.nodes.find(({ id }) => id === first);
    if (node === undefined) throw new Error(`there is no node ${first}`);
    node.state = verb === 'drain' ? 3 : 0;
    this.event(`${first} ${verb === 'drain' ? 'drains' : 'takes work again'}`);
    return verb === 'drain' ? `${first} drains` : `${first} takes work again`;
  }

  #tree(): StaticDir {
    const worker = (id: string) =>
      dir({
        status: text(
          () => `id=${id} state=${STATES[this.nodes.find((node) => node.id === id)?.state ?? 0]}\n`,
        ),
        ctl: ctl({
          drain: () => void this.#execute(`drain ${id}`),
          resume: () => void this.#execute(`resume ${id}`),
        }),
      });
    return dir({
      status: text(() => `Cluster: ${this.nodes.length} nodes, 67% util\n`),
      ctl: ctl({
        'spawn CLASS N': ([name, count]) => void this.#execute(`spawn ${name} ${count}`),
        'drain NODE': ([id]) => void this.#execute(`drain ${id}`),
      }),
      'worker-0001': worker('worker-0001'),
      'worker-0002': worker('worker-0002'),
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const json = (body: unknown, code = 200): void => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (!/^\/(api|v1)\//.test(pathname)) {
      const page = servePage(pathname);
      response.writeHead(page.status, { ...PAGE_HEADERS, 'content-type': page.type }).end(page.body);
      return;
    }
    const { key } = this.#options;
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
      json({ error: { message: 'API key is unknown or revoked' } }, 401);
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const path = pathname.replace('/api/v1/', '');
    if (path === 'status') json(this.status());
    else if (path === 'nodes') json({ nodes: this.nodes.map(this.#shape) });
    else if (path.startsWith('nodes/')) {
      const node = this.nodes.find(({ id }) => id === path.slice(6));
      if (node === undefined) json({ error: { message: `there is no node ${path.slice(6)}` } }, 404);
      else
        json({
          ...this.#shape(node),
          status: `id=${node.id}\n`,
          namespace: 'mount -a /dev/llama\n',
          log: [],
          current: [],
        });
    } else if (path === 'hosts') json({ hosts: [] });
    else if (path === 'history') json({ points: this.#points });
    else if (path === 'decisions') json({ balancer: [], autoscaler: this.scalings });
    else if (path === 'ctl') {
      const { command } = JSON.parse(body) as { command: string };
      const refusal = this.refuse;
      this.refuse = undefined;
      try {
        if (refusal !== undefined) throw new Error(refusal);
        json({ result: this.#execute(command) });
      } catch (error) {
        json({ error: { message: (error as Error).message } }, 400);
      }
    } else if (path === 'events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
      for (const event of this.#events.slice(-100))
        response.write(`id: ${event.serial}\nevent: event\ndata: ${JSON.stringify(event)}\n\n`);
      if (!this.silent) this.tick();
    } else if (path === 'fusion') await this.#fuse(response);
    else if (pathname === '/v1/chat/completions') await this.#chat(response);
    else if (pathname === '/v1/models') json({ data: [{ id: 'smollm2-135m' }] });
    else json({ error: { message: `there is no ${pathname}` } }, 404);
  }

  async #chat(response: ServerResponse): Promise<void> {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'x-llambo-node': 'worker-0002',
      'x-llambo-strategy': 'p2c',
    });
    const send = (data: unknown): boolean => response.write(`data: ${JSON.stringify(data)}\n\n`);
    for (const content of this.answer) {
      send({ choices: [{ delta: { content }, finish_reason: null }] });
      await pause(20);
    }
    if (this.cutOff === undefined) {
      send({ choices: [{ delta: {}, finish_reason: 'stop' }], llambo: { node: 'worker-0003', attempts: 2 } });
      send({ choices: [], usage: { completion_tokens: this.answer.length } });
      response.end('data: [DONE]\n\n');
    } else {
      send({ error: { message: this.cutOff } });
      response.end();
    }
  }

  async #fuse(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event: string, data: unknown): boolean =>
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const votes = ['Jupiter', 'Jupiter', 'Mars', 'Jupiter'].map((text, i) => ({
      node: `worker-000${i + 1}`,
      model: 'smollm2-135m',
      class: 'tiny',
      text,
      key: text.toLowerCase(),
      weight: 1,
      confidence: 0.8,
      ms: 80 + i,
    }));
    for (const vote of votes) {
      send('vote', vote);
      await this.held;
    }
    send('vote', { ...votes[0], node: 'worker-0005', text: '', key: '', weight: 0, error: 'engine is gone' });
    send('result', {
      strategy: 'vote',
      answer: 'Jupiter',
      node: 'worker-0001',
      agreement: { share: 0.75, posterior: 0.9, tolerates: 1 },
      responded: 4,
      asked: 5,
      ms: 320,
      abstained: false,
    });
    response.end();
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
