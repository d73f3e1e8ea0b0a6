import { OREAD } from '@llambo/styx';
import { ramfs } from '@llambo/styx/fs';
import { expect, test } from 'vitest';
import { FdGroup, MAFTER, Namespace, standardDevices } from '../src/index.ts';
import { failure } from './helpers.ts';

test('a name space has as many mounts as it was given, and its forks as well', async () => {
  const ns = await Namespace.create({ user: 'me', root: ramfs(), mounts: 5 });
  for (let n = 0; n < 4; n++) await ns.mount(ramfs(), '/', MAFTER);
  const full = (space: Namespace) => failure(() => space.mount(ramfs(), '/', MAFTER));
  expect(await full(ns)).toBe('too many mounts');
  const fork = ns.fork();
  expect(await full(fork)).toBe('too many mounts');
  await fork.unmount(undefined, '/');
  await fork.mount(ramfs(), '/', MAFTER);
  expect(await full(ns)).toBe('too many mounts');
});

test('a union that is bound on itself counts for all of its members', async () => {
  const ns = await Namespace.create({ user: 'me', root: ramfs(), mounts: 100 });
  await ns.mount(ramfs(), '/', MAFTER);
  let binds = 0;
  while ((await failure(() => ns.bind('/', '/', MAFTER))) === 'no error') binds++;
  expect(binds).toBe(5);
});

test('groups of descriptors that come from one share its budget', async () => {
  const ns = await Namespace.create({ user: 'me', devices: standardDevices() });
  const budget = { left: 5 };
  const fds = new FdGroup(100, budget);
  for (let n = 0; n < 2; n++) fds.add(await ns.open('#c/null', OREAD));
  const fork = fds.fork();
  expect(budget.left).toBe(1);
  fork.dup(0);
  expect(await failure(() => fds.dup(0))).toBe('no free file descriptors');
  expect(await failure(() => fds.fork())).toBe('no free file descriptors');
  expect(await failure(() => fds.keep([0]))).toBe('no free file descriptors');
  fork.close(1);
  fds.keep([0, 0, 7]).release();
  expect(fds.dup(1, 9)).toBe(9);
  expect(fds.dup(0, 9)).toBe(9);
  fork.release();
  fds.release();
  expect(budget.left).toBe(5);
});
