/**
 * Channels: rendezvous, buffers, alternation. What waits on a channel is kept outside of the machine's memory, in two
 * queues that the channel's slot word names from when the first process waits.
 */

import { type Call, uninterrupted, whenAborted } from '@llambo/styx';
import { DisError, eAlt, eBounds, eNoMemory, nilFault } from '../errors.ts';
import type { Heap } from '../heap/heap.ts';
import {
  arrayData,
  arrayLength,
  channelBuffer,
  channelCount,
  channelFront,
  channelSlot,
  channelType,
} from '../heap/layout.ts';
import { pointerLists, sizes, typeArray } from '../heap/types.ts';
import type { Process } from './process.ts';

/** One process, or something of the host, that waits to send or to receive on one channel. */
export class Waiter {
  channel: number;
  sends: boolean;
  readonly process: Process | undefined;
  /** Where the value is, or goes to. */
  at: number;
  /** In an alt: the entry's index, and the index in its array of channels, or -1. */
  readonly entry: number;
  readonly element: number;
  /** For the host: given the value's address, or nothing when the channel is gone. */
  readonly host: ((at: number | undefined) => void) | undefined;
  queue: Queue | undefined = undefined;
  next: Waiter | undefined = undefined;
  previous: Waiter | undefined = undefined;

  constructor(
    channel: number,
    sends: boolean,
    process: Process | undefined,
    at: number,
    entry = -1,
    element = -1,
    host?: (at: number | undefined) => void,
  ) {
    this.channel = channel;
    this.sends = sends;
    this.process = process;
    this.at = at;
    this.entry = entry;
    this.element = element;
    this.host = host;
  }
}

class Queue {
  first: Waiter | undefined = undefined;
  last: Waiter | undefined = undefined;

  add(w: Waiter): void {
    w.queue = this;
    w.previous = this.last;
    if (this.last === undefined) this.first = w;
    else this.last.next = w;
    this.last = w;
  }

  remove(w: Waiter): void {
    if (w.queue !== this) return;
    w.queue = undefined;
    if (w.previous === undefined) this.first = w.next;
    else w.previous.next = w.next;
    if (w.next === undefined) this.last = w.previous;
    else w.next.previous = w.previous;
    w.next = undefined;
    w.previous = undefined;
  }
}

interface Queues {
  readonly channel: number;
  readonly senders: Queue;
  readonly receivers: Queue;
}

export class Channels {
  private readonly heap: Heap;
  /** Makes a process that no longer waits run again. */
  private readonly ready: (p: Process) => void;
  private readonly slots: (Queues | undefined)[] = [undefined];
  private readonly freeSlots: number[] = [];
  /** State of the generator that picks among ready channels. */
  private random = 0x20342;
  /** Entries of alts that wait: they take memory of the host, so there are no more than memory of the machine allows. */
  private waiting = 0;
  private readonly mostWaiting: number;

  constructor(heap: Heap, ready: (p: Process) => void) {
    this.heap = heap;
    this.ready = ready;
    this.mostWaiting = heap.limit >> 7;
    heap.onChannelFree = (at) => this.died(at);
  }

  private queues(channel: number): Queues | undefined {
    const slot = this.heap.i32[(channel + channelSlot) >> 2]!;
    if (slot === 0) return undefined;
    const q = this.slots[slot];
    return q?.channel === channel ? q : undefined;
  }

  private enqueue(w: Waiter): void {
    let q = this.queues(w.channel);
    if (q === undefined) {
      q = { channel: w.channel, senders: new Queue(), receivers: new Queue() };
      const slot = this.freeSlots.pop() ?? this.slots.length;
      this.slots[slot] = q;
      this.heap.i32[(w.channel + channelSlot) >> 2] = slot;
    }
    (w.sends ? q.senders : q.receivers).add(w);
  }

  private dequeue(w: Waiter): void {
    w.queue?.remove(w);
  }

  private died(channel: number): void {
    const q = this.queues(channel);
    if (q === undefined) return;
    const slot = this.heap.i32[(channel + channelSlot) >> 2]!;
    this.slots[slot] = undefined;
    this.freeSlots.push(slot);
    for (const queue of [q.senders, q.receivers]) {
      for (let w = queue.first; w !== undefined; w = queue.first) {
        queue.remove(w);
        w.host?.(undefined);
      }
    }
  }

  /** Copies a value between places of which neither is nil, with the references in it. */
  private move(channel: number, from: number, to: number): void {
    const { heap } = this;
    const i32 = heap.i32;
    const type = i32[(channel + channelType) >> 2]!;
    const pointers = pointerLists[type];
    const size = sizes[type]!;
    if (pointers !== undefined && pointers.length > 0) {
      heap.retainAll(from, type);
      heap.releaseAll(to, type);
    }
    if (size === 4) heap.i32[to >> 2] = heap.i32[from >> 2]!;
    else heap.u8.copyWithin(to, from, from + size);
  }

  private room(channel: number): boolean {
    const { i32 } = this.heap;
    const buffer = i32[(channel + channelBuffer) >> 2]!;
    return buffer !== 0 && i32[(channel + channelCount) >> 2]! < i32[(buffer + arrayLength) >> 2]!;
  }

  private holds(channel: number): boolean {
    return this.heap.i32[(channel + channelCount) >> 2]! > 0;
  }

  private slotAddress(channel: number, index: number): number {
    const { i32 } = this.heap;
    const buffer = i32[(channel + channelBuffer) >> 2]!;
    const type = i32[(channel + channelType) >> 2]!;
    return i32[(buffer + arrayData) >> 2]! + index * sizes[type]!;
  }

  private put(channel: number, at: number): void {
    const { i32 } = this.heap;
    const buffer = i32[(channel + channelBuffer) >> 2]!;
    const n = i32[(buffer + arrayLength) >> 2]!;
    const count = i32[(channel + channelCount) >> 2]!;
    const index = (i32[(channel + channelFront) >> 2]! + count) % n;
    i32[(channel + channelCount) >> 2] = count + 1;
    this.move(channel, at, this.slotAddress(channel, index));
  }

  private get(channel: number, at: number): void {
    const { i32 } = this.heap;
    const buffer = i32[(channel + channelBuffer) >> 2]!;
    const front = i32[(channel + channelFront) >> 2]!;
    const from = this.slotAddress(channel, front);
    i32[(channel + channelFront) >> 2] = (front + 1) % Math.max(1, i32[(buffer + arrayLength) >> 2]!);
    i32[(channel + channelCount) >> 2]!--;
    this.move(channel, from, at);
    this.heap.releaseAll(from, i32[(channel + channelType) >> 2]!);
  }

  /** Takes a waiter out of all its queues and gives the address of its value. */
  private select(w: Waiter): number {
    const p = w.process;
    if (p === undefined) {
      this.dequeue(w);
      return w.at;
    }
    let at = w.at;
    if (p.state !== 'alt') this.dequeue(w);
    else {
      this.heap.setWord(p.altResult, w.entry);
      if (w.element >= 0) {
        this.heap.setWord(w.at, w.element);
        at += 4;
      }
      this.cancel(p);
    }
    return at;
  }

  /** A process no longer waits on any channel. */
  cancel(p: Process): void {
    if (p.waiter !== undefined) this.dequeue(p.waiter);
    if (p.waiters.length === 0) return;
    for (const w of p.waiters) this.dequeue(w);
    this.waiting -= p.waiters.length;
    p.waiters.length = 0;
  }

  /** The process waits for one channel. */
  private wait(p: Process, channel: number, sends: boolean, at: number): void {
    p.state = sends ? 'send' : 'recv';
    const w = (p.waiter ??= new Waiter(0, false, p, 0));
    w.channel = channel;
    w.sends = sends;
    w.at = at;
    this.enqueue(w);
  }

  private block(p: Process, w: Waiter): void {
    p.waiters.push(w);
    this.enqueue(w);
  }

  /** Hands the value at `at` to the receiver that waits longest. */
  private deliver(channel: number, w: Waiter, at: number): void {
    const to = this.select(w);
    if (w.host !== undefined) w.host(at);
    else {
      this.move(channel, at, to);
      this.ready(w.process!);
    }
  }

  /** Lets the sender that waits longest put its value where it goes. */
  private accept(channel: number, w: Waiter, at: number): void {
    const from = this.select(w);
    if (this.heap.i32[(channel + channelBuffer) >> 2] !== 0) {
      this.get(channel, at);
      if (w.host !== undefined) this.putFromHost(channel, w.host);
      else this.put(channel, from);
    } else if (w.host !== undefined) {
      // The host writes a whole value, references included: the old ones go first.
      this.clear(channel, at);
      w.host(at);
    } else this.move(channel, from, at);
    if (w.process !== undefined) this.ready(w.process);
  }

  private clear(channel: number, at: number): void {
    const type = this.heap.i32[(channel + channelType) >> 2]!;
    this.heap.releaseAll(at, type);
    this.heap.u8.fill(0, at, at + sizes[type]!);
  }

  private putFromHost(channel: number, host: (at: number | undefined) => void): void {
    const { i32 } = this.heap;
    const buffer = i32[(channel + channelBuffer) >> 2]!;
    const n = i32[(buffer + arrayLength) >> 2]!;
    const index = (i32[(channel + channelFront) >> 2]! + i32[(channel + channelCount) >> 2]!) % n;
    i32[(channel + channelCount) >> 2]!++;
    const at = this.slotAddress(channel, index);
    this.clear(channel, at);
    host(at);
  }

  /** Sends the value at `at`; false when the process now waits. */
  send(p: Process, channel: number, at: number): boolean {
    if (channel === 0) throw nilFault;
    const w = this.queues(channel)?.receivers.first;
    if (w !== undefined) {
      this.deliver(channel, w, at);
      return true;
    }
    if (this.room(channel)) {
      this.put(channel, at);
      return true;
    }
    this.wait(p, channel, true, at);
    return false;
  }

  /** Receives a value to `at`; false when the process now waits. */
  receive(p: Process, channel: number, at: number): boolean {
    if (channel === 0) throw nilFault;
    const w = this.queues(channel)?.senders.first;
    if (w !== undefined) {
      this.accept(channel, w, at);
      return true;
    }
    if (this.holds(channel)) {
      this.get(channel, at);
      return true;
    }
    this.wait(p, channel, false, at);
    return false;
  }

  private canSend(channel: number): boolean {
    return this.queues(channel)?.receivers.first !== undefined || this.room(channel);
  }

  private canReceive(channel: number): boolean {
    return this.queues(channel)?.senders.first !== undefined || this.holds(channel);
  }

  /**
   * The alt whose table is at `table`: counts of sends and receives, then channel and address of the value for each. The
   * index of the entry that communicates goes to `result`. False when the process now waits; without `wait`, the index
   * is then the number of entries.
   */
  alt(p: Process, table: number, result: number, wait: boolean): boolean {
    const { heap } = this;
    const sends = heap.word(table);
    const n = sends + heap.word(table + 4);
    if (sends < 0 || n < sends || n > this.mostWaiting) throw new DisError(eBounds);
    const entries: Waiter[] = [];
    for (let i = 0; i < n; i++) {
      const channel = heap.word(table + 8 + 8 * i);
      const at = heap.word(table + 12 + 8 * i);
      if (channel === 0) throw nilFault;
      if (i >= sends && heap.typeOf(channel) === typeArray) {
        const length = heap.arrayLength(channel);
        if (entries.length + length > this.mostWaiting) throw new DisError(eNoMemory);
        for (let k = 0; k < length; k++) {
          const c = heap.word(heap.arrayData(channel) + 4 * k);
          if (c !== 0) entries.push(new Waiter(c, false, p, at, i, k));
        }
      } else entries.push(new Waiter(channel, i < sends, p, at, i));
    }
    if (sends > 0 && sends < n) {
      const received = new Set(entries.filter((w) => !w.sends).map((w) => w.channel));
      for (const w of entries) {
        if (!w.sends || this.queues(w.channel)?.receivers.first !== undefined) continue;
        if (received.has(w.channel)) throw new DisError(eAlt);
      }
    }
    const open = entries.filter((w) => (w.sends ? this.canSend(w.channel) : this.canReceive(w.channel)));
    if (open.length === 0) {
      if (!wait) {
        heap.setWord(result, n);
        return true;
      }
      if (this.waiting + entries.length > this.mostWaiting) throw new DisError(eNoMemory);
      this.waiting += entries.length;
      p.state = 'alt';
      p.altResult = result;
      for (const w of entries) this.block(p, w);
      return false;
    }
    this.random = (Math.imul(this.random, 1103515245) + 12345) >>> 0;
    const w = open[(this.random >>> 8) % open.length]!;
    heap.setWord(result, w.entry);
    let at = w.at;
    if (w.element >= 0) {
      heap.setWord(at, w.element);
      at += 4;
    }
    if (w.sends) this.send(p, w.channel, at);
    else this.receive(p, w.channel, at);
    return true;
  }

  // The host's side.

  canSendFromHost(channel: number): boolean {
    return channel !== 0 && this.canSend(channel);
  }

  /** See `Machine.send` in builtin.ts. */
  sendFromHost(channel: number, fill: (at: number) => void, call?: Call): Promise<boolean> | boolean {
    if (channel === 0) return false;
    const w = this.queues(channel)?.receivers.first;
    if (w !== undefined && w.host === undefined) {
      const at = this.select(w);
      this.clear(channel, at);
      fill(at);
      this.ready(w.process!);
      return true;
    }
    if (this.room(channel)) {
      this.putFromHost(channel, (at) => fill(at!));
      return true;
    }
    return this.waitAsHost(channel, true, fill, call);
  }

  receiveToHost(channel: number, take: (at: number) => void, call?: Call): Promise<boolean> | boolean {
    if (channel === 0) return false;
    const q = this.queues(channel)?.senders.first;
    if (this.holds(channel)) {
      const { i32 } = this.heap;
      const front = i32[(channel + channelFront) >> 2]!;
      const from = this.slotAddress(channel, front);
      take(from);
      this.clear(channel, from);
      const buffer = i32[(channel + channelBuffer) >> 2]!;
      i32[(channel + channelFront) >> 2] = (front + 1) % i32[(buffer + arrayLength) >> 2]!;
      i32[(channel + channelCount) >> 2]!--;
      if (q !== undefined && q.host === undefined) {
        this.put(channel, this.select(q));
        this.ready(q.process!);
      }
      return true;
    }
    if (q !== undefined && q.host === undefined) {
      take(this.select(q));
      this.ready(q.process!);
      return true;
    }
    return this.waitAsHost(channel, false, take, call);
  }

  private waitAsHost(
    channel: number,
    sends: boolean,
    use: (at: number) => void,
    call: Call = uninterrupted,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      const host = (at: number | undefined): void => {
        undo?.();
        if (at !== undefined) use(at);
        resolve(at !== undefined);
      };
      const w = new Waiter(channel, sends, undefined, 0, -1, -1, host);
      const abort = (): void => {
        if (w.queue !== undefined) this.dequeue(w);
        resolve(false);
      };
      const undo = whenAborted(call, abort);
      if (undo === undefined) {
        resolve(false);
        return;
      }
      this.enqueue(w);
    });
  }
}
