/**
 * The cluster's commands: one grammar behind ctl files, POST /api/v1/ctl and llamboctl, ctl(7). A command is checked
 * whole before it changes anything, and says why when it refuses.
 */
import { LlamboError } from '../../errors.ts';
import { policyNames } from '../autoscaler/index.ts';
import { strategyNames } from '../balancer/index.ts';
import type { ClusterNode } from '../node.ts';
import type { Control } from './control.ts';

export interface Command {
  /** `spawn CLASS N`: the first word is the command, `...` takes one or more, brackets may be left out. */
  readonly usage: string;
  readonly summary: string;
  /** What the first argument is, for completion. */
  readonly completes?: 'class' | 'node' | 'strategy';
  /** Only for administrators: it ends the cluster, or changes what those who steer it are bound by. */
  readonly admin?: true;
  /** Does it; what is to be told of it. @throws LlamboError */
  run(args: readonly string[], control: Control): string | Promise<string>;
}

const refuse = (why: string): LlamboError => new LlamboError('bad-request', why);

function count(text: string | undefined, least = 0): number {
  const value = Number(text);
  if (text === undefined || !/^\d{1,6}$/.test(text) || value < least) {
    throw refuse(
      `${JSON.stringify(text ?? '')} is not a number of nodes${least > 0 ? ` of at least ${least}` : ''}`,
    );
  }
  return value;
}

function nodesOf(names: readonly string[], control: Control): ClusterNode[] {
  return names.map((name) => control.fleet.node(name));
}

const nodes = (n: number, kind = ''): string =>
  `${n} ${kind}${kind === '' ? '' : ' '}node${n === 1 ? '' : 's'}`;

export const commands: readonly Command[] = [
  {
    usage: 'spawn CLASS N',
    summary: 'start N more nodes of a class',
    completes: 'class',
    async run([name = '', n], { fleet }) {
      const more = count(n, 1);
      const before = fleet.classOf(name).count;
      await fleet.scale(name, before + more);
      return `spawned ${nodes(more, name)}, ${before + more} in all`;
    },
  },
  {
    usage: 'scale CLASS N',
    summary: 'have N nodes of a class: the missing are started, the emptiest of those too many are drained',
    completes: 'class',
    async run([name = '', n], { fleet }) {
      const wanted = count(n);
      const before = fleet.classOf(name).count;
      await fleet.scale(name, wanted);
      return before === wanted
        ? `${name} has ${nodes(wanted)} already`
        : `${name} scaled from ${before} to ${wanted}`;
    },
  },
  {
    usage: 'drain NODE...',
    summary: 'give nodes no new work; what they have goes on',
    completes: 'node',
    run(names, control) {
      for (const node of nodesOf(names, control)) control.drain(node);
      return `draining ${names.join(' ')}`;
    },
  },
  {
    usage: 'resume NODE...',
    summary: 'let drained nodes work again',
    completes: 'node',
    run(names, control) {
      const drained = nodesOf(names, control);
      for (const { id, state } of drained) {
        if (state !== 'draining') throw refuse(`${id} is not draining, it is ${state}`);
      }
      for (const node of drained) control.resume(node);
      return `resumed ${names.join(' ')}`;
    },
  },
  {
    usage: 'rebalance',
    summary: 'move nodes to emptier hosts, a few at a time; done by itself when a host joins',
    run(_none, { fleet }) {
      fleet.rebalance();
      return 'rebalancing';
    },
  },
  {
    usage: 'kill NODE...',
    summary: 'end nodes at once: their answers go on elsewhere, and other nodes take their place',
    completes: 'node',
    async run(names, control) {
      for (const node of nodesOf(names, control)) await control.fleet.kill(node.id);
      return `killed ${names.join(' ')}`;
    },
  },
  {
    usage: 'strategy NAME',
    summary: `choose nodes by ${strategyNames().join(', ')}`,
    completes: 'strategy',
    run([name = ''], control) {
      control.setStrategy(name);
      return `strategy is ${name}`;
    },
  },
  {
    usage: 'autoscale on|off|policy [NAME]',
    summary: `let classes follow their load, by ${policyNames().join(', ')}`,
    run([what, name], control) {
      const { autoscaler } = control;
      if (what === 'on') autoscaler.start();
      else if (what === 'off') autoscaler.stop();
      else if (what === 'policy' && name !== undefined) autoscaler.setPolicy(name);
      else throw refuse('usage: autoscale on | autoscale off | autoscale policy NAME');
      control.autoscaled();
      return `autoscale is ${autoscaler.enabled ? 'on' : 'off'}, policy ${autoscaler.policy}`;
    },
  },
  {
    usage: 'limit minimum|maximum N [CLASS]',
    admin: true,
    summary: 'bound what the autoscaler may do, for all nodes or those of one class',
    run([which, n, name], control) {
      const { autoscaler, fleet } = control;
      if (which !== 'minimum' && which !== 'maximum') throw refuse('usage: limit minimum|maximum N [CLASS]');
      const bound = count(n);
      if (name !== undefined) fleet.classOf(name);
      const { limits } = autoscaler;
      autoscaler.setLimits(
        name === undefined
          ? { ...limits, [which]: bound }
          : {
              ...limits,
              classes: { ...limits.classes, [name]: { ...limits.classes?.[name], [which]: bound } },
            },
      );
      control.autoscaled();
      return `${which} of ${name ?? 'all classes'} is ${bound}`;
    },
  },
  {
    usage: 'checkpoint',
    summary: 'tell what is wanted of the cluster, as commands that would make another one like it',
    run(_args, control) {
      return control.checkpoint();
    },
  },
  {
    usage: 'save',
    admin: true,
    summary: 'write the state to disk now',
    async run(_args, control) {
      return control.save();
    },
  },
  {
    usage: 'shutdown',
    admin: true,
    summary: 'end the cluster: nodes, engines, hosts',
    run(_args, control) {
      control.shutdown();
      return 'shutting down';
    },
  },
];
