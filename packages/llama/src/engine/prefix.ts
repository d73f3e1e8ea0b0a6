/**
 * Which sequences begin with the same tokens: a radix tree over the token lists of all live sequences, one tree a tenant,
 * so that a prompt finds the longest prefix that is already in the KV cache. A match costs the length of what matches.
 */

interface Node {
  /** Tokens between the parent and this node; empty only at a root. */
  edge: readonly number[];
  parent: Node | undefined;
  readonly children: Map<number, Node>;
  /** Sequences that pass through or end at this node. */
  readonly holders: Set<number>;
}

export interface PrefixMatch {
  /** Tokens in common; 0 when nothing matches. */
  readonly length: number;
  /** Every sequence that begins with those tokens. */
  readonly holders: readonly number[];
}

export class PrefixIndex {
  readonly #roots = new Map<string, Node>();
  readonly #paths = new Map<number, Node[]>();

  /** Says that `sequence` holds `tokens`, in place of what it held. */
  set(sequence: number, tenant: string, tokens: readonly number[]): void {
    this.delete(sequence);
    if (tokens.length === 0) return;
    let node: Node = this.#roots.get(tenant) ?? makeNode([], undefined);
    this.#roots.set(tenant, node);
    const path: Node[] = [];
    let at = 0;
    while (at < tokens.length) {
      let child: Node | undefined = node.children.get(tokens[at] as number);
      if (child === undefined) {
        child = makeNode(tokens.slice(at), node);
        node.children.set(tokens[at] as number, child);
      } else {
        const shared = commonLength(child.edge, 0, tokens, at);
        if (shared < child.edge.length) child = this.#split(child, shared);
      }
      child.holders.add(sequence);
      path.push(child);
      at += child.edge.length;
      node = child;
    }
    this.#paths.set(sequence, path);
  }

  delete(sequence: number): void {
    const path = this.#paths.get(sequence);
    if (path === undefined) return;
    this.#paths.delete(sequence);
    for (const node of path.reverse()) {
      node.holders.delete(sequence);
      if (node.holders.size === 0) node.parent?.children.delete(node.edge[0] as number);
    }
  }

  match(tenant: string, tokens: readonly number[]): PrefixMatch {
    let node = this.#roots.get(tenant);
    let length = 0;
    let holders: Set<number> | undefined;
    while (node !== undefined && length < tokens.length) {
      const child: Node | undefined = node.children.get(tokens[length] as number);
      if (child === undefined) break;
      const shared = commonLength(child.edge, 0, tokens, length);
      length += shared;
      holders = child.holders;
      if (shared < child.edge.length) break;
      node = child;
    }
    return { length, holders: holders === undefined ? [] : [...holders] };
  }

  /** Puts a node in the middle of a node's edge; the new, upper one. */
  #split(node: Node, at: number): Node {
    const upper = makeNode(node.edge.slice(0, at), node.parent);
    node.parent?.children.set(upper.edge[0] as number, upper);
    node.edge = node.edge.slice(at);
    node.parent = upper;
    upper.children.set(node.edge[0] as number, node);
    for (const holder of node.holders) {
      upper.holders.add(holder);
      const path = this.#paths.get(holder);
      path?.splice(path.indexOf(node), 0, upper);
    }
    return upper;
  }
}

function makeNode(edge: readonly number[], parent: Node | undefined): Node {
  return { edge, parent, children: new Map(), holders: new Set() };
}

function commonLength(a: readonly number[], from: number, b: readonly number[], start: number): number {
  const most = Math.min(a.length - from, b.length - start);
  let i = 0;
  while (i < most && a[from + i] === b[start + i]) i++;
  return i;
}
