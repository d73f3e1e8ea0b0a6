import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient } from '../client/client.ts';
import type { Scene, View } from './view.ts';

/** Milliseconds between two looks. */
const EVERY_MS = 1000;
const MOST_EVENTS = 200;

/** Keeps the scene as new as the cluster is. */
export class Feed {
  readonly #cluster: ClusterClient;
  readonly #abort = new AbortController();
  #scene: Scene;
  #view: View | undefined;
  #changed: () => void = () => {};
  #looking = false;

  constructor(cluster: ClusterClient) {
    this.#cluster = cluster;
    this.#scene = {
      address: cluster.address,
      status: undefined,
      nodes: [],
      node: undefined,
      events: [],
      trouble: undefined,
    };
  }

  get scene(): Scene {
    return this.#scene;
  }

  /** Everything once, for who draws once. */
  async once(): Promise<void> {
    const events: Scene['events'][number][] = [];
    const gone = new AbortController();
    const [status] = await Promise.all([
      this.#cluster.status(),
      this.#cluster.events(
        gone.signal,
        (event) => events.push(event),
        () => gone.abort(),
      ),
    ]);
    this.#scene = { ...this.#scene, status, events: events.slice(-8) };
  }

  start(changed: () => void): void {
    this.#changed = changed;
    void this.#follow();
    void this.#loop();
  }

  /** What is looked at from now on: nodes are asked for only where they are shown. */
  look(view: View): void {
    const deeper = view.level !== this.#view?.level;
    this.#view = view;
    if (deeper) void this.#once();
  }

  close(): void {
    this.#abort.abort();
  }

  async #loop(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await this.#once();
      await sleep(EVERY_MS, undefined, { signal: this.#abort.signal }).catch(() => {});
    }
  }

  async #once(): Promise<void> {
    if (this.#looking || this.#view?.paused) return;
    this.#looking = true;
    const level = this.#view?.level;
    try {
      const [status, nodes, node] = await Promise.all([
        this.#cluster.status(),
        level?.kind === 'nodes' ? this.#cluster.nodes() : this.#scene.nodes,
        level?.kind === 'node' ? this.#cluster.node(level.id) : undefined,
      ]);
      this.#scene = { ...this.#scene, status, nodes, node, trouble: undefined };
    } catch (error) {
      this.#scene = { ...this.#scene, trouble: (error as Error).message };
    } finally {
      this.#looking = false;
    }
    if (this.#abort.signal.aborted) return;
    this.#changed();
    // The view has gone on meanwhile: what it shows now was not asked for.
    if (this.#view?.level !== level) void this.#once();
  }

  async #follow(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      let seen = this.#scene.events.at(-1)?.serial ?? 0;
      await this.#cluster
        .events(this.#abort.signal, (event) => {
          // Serials begin anew with a new cluster.
          if (event.serial <= seen && event.at <= (this.#scene.events.at(-1)?.at ?? 0)) return;
          seen = event.serial;
          this.#scene = { ...this.#scene, events: [...this.#scene.events, event].slice(-MOST_EVENTS) };
          if (!this.#view?.paused) this.#changed();
        })
        .catch(() => {});
      await sleep(EVERY_MS, undefined, { signal: this.#abort.signal }).catch(() => {});
    }
  }
}
