import { availableParallelism } from 'node:os';
import type { MeasuredCurve } from './curve.ts';
import { measureCurve } from './measure.ts';
import { startRealCluster } from './real-cluster.ts';
import { compareWithReality, type Reality } from './reality.ts';

export interface RealityRunOptions {
  /** Default `smollm2-135m`. */
  readonly model?: string;
  /** Default 64, of one request each. */
  readonly nodes?: number;
  readonly capacity?: number;
  /** Default: all cores. */
  readonly threads?: number;
  /** Seconds of arrivals. Default 180. */
  readonly seconds?: number;
  /** Share of what the engine can do. Default 0.7. */
  readonly load?: number;
  readonly log?: (text: string) => void;
}

/**
 * Starts a cluster of its own, measures its engine, asks it as a crowd would, and simulates the same. Wants a machine
 * that does nothing else: a core that others use makes both the measuring and the run a matter of luck.
 */
export async function runReality(
  options: RealityRunOptions = {},
): Promise<{ readonly curve: MeasuredCurve; readonly reality: Reality }> {
  const { model = 'smollm2-135m', nodes = 64, capacity = 1, log } = options;
  const threads = options.threads ?? availableParallelism();
  const cluster = await startRealCluster({ model, nodes, capacity, threads });
  try {
    const { url, warmUpMs } = cluster;
    const heard = log === undefined ? {} : { log };
    const most = Math.min(64, nodes * capacity);
    const curve = await measureCurve({ url, model, threads, most, warmUpMs, ...heard });
    const reality = await compareWithReality({
      url,
      nodes,
      capacity,
      curve,
      strategy: 'least-loaded',
      seconds: options.seconds ?? 180,
      ...(options.load === undefined ? {} : { load: options.load }),
      ...heard,
    });
    return { curve, reality };
  } finally {
    await cluster.stop();
  }
}
