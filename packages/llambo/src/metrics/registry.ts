/**
 * Counters, gauges and histograms, and their Prometheus text (exposition format 0.0.4). Values live in cells that callers
 * keep: an increment is an addition, not a lookup.
 */

export interface Cell {
  value: number;
}

type Kind = 'counter' | 'gauge' | 'histogram';

/** Label sets that one family keeps; what comes later is counted under `other`. */
const MOST_CHILDREN = 2000;

abstract class Family<Child> {
  readonly name: string;
  readonly help: string;
  readonly kind: Kind;
  readonly labels: readonly string[];
  readonly children: Map<string, { readonly values: readonly string[]; readonly child: Child }> = new Map();

  constructor(kind: Kind, name: string, help: string, labels: readonly string[]) {
    this.kind = kind;
    this.name = name;
    this.help = help;
    this.labels = labels;
  }

  /** The cell of these label values, in the order of the labels. */
  with(...values: readonly string[]): Child {
    const key = values.join('\0');
    const known = this.children.get(key);
    if (known !== undefined) return known.child;
    if (this.children.size >= MOST_CHILDREN && values.some((value) => value !== 'other')) {
      return this.with(...values.map(() => 'other'));
    }
    const child = this.create();
    this.children.set(key, { values, child });
    return child;
  }

  protected abstract create(): Child;
  abstract render(lines: string[]): void;
}

export class Scalar extends Family<Cell> {
  protected override create(): Cell {
    return { value: 0 };
  }

  override render(lines: string[]): void {
    for (const { values, child } of this.children.values()) {
      lines.push(`${this.name}${labelText(this.labels, values)} ${numberText(child.value)}`);
    }
  }
}

export class HistogramCell {
  /** Upper bounds, rising; the last bucket has none. */
  readonly bounds: readonly number[];
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at++;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.sum += value;
  }

  get count(): number {
    let sum = 0;
    for (const count of this.counts) sum += count;
    return sum;
  }
}

export class Histogram extends Family<HistogramCell> {
  readonly #bounds: readonly number[];

  constructor(name: string, help: string, labels: readonly string[], bounds: readonly number[]) {
    super('histogram', name, help, labels);
    this.#bounds = bounds;
  }

  protected override create(): HistogramCell {
    return new HistogramCell(this.#bounds);
  }

  override render(lines: string[]): void {
    for (const { values, child } of this.children.values()) {
      let sum = 0;
      child.counts.forEach((count, i) => {
        sum += count;
        const bound = i < child.bounds.length ? numberText(child.bounds[i] as number) : '+Inf';
        lines.push(`${this.name}_bucket${labelText([...this.labels, 'le'], [...values, bound])} ${sum}`);
      });
      const labels = labelText(this.labels, values);
      lines.push(`${this.name}_sum${labels} ${numberText(child.sum)}`, `${this.name}_count${labels} ${sum}`);
    }
  }
}

/** All families of one process. */
export class Registry {
  readonly #families = new Map<string, Scalar | Histogram>();
  readonly #collectors: (() => void)[] = [];

  counter(name: string, help: string, labels: readonly string[] = []): Scalar {
    return this.#add(new Scalar('counter', name, help, labels));
  }

  gauge(name: string, help: string, labels: readonly string[] = []): Scalar {
    return this.#add(new Scalar('gauge', name, help, labels));
  }

  /** @param bounds upper bounds of the buckets, rising */
  histogram(name: string, help: string, labels: readonly string[], bounds: readonly number[]): Histogram {
    return this.#add(new Histogram(name, help, labels, bounds));
  }

  /** Calls `collect` before each rendering: for gauges that are cheaper to read than to keep. */
  onCollect(collect: () => void): void {
    this.#collectors.push(collect);
  }

  /** The exposition; families without a value are left out. */
  render(): string {
    for (const collect of this.#collectors) collect();
    const lines: string[] = [];
    for (const family of this.#families.values()) {
      if (family.children.size === 0) continue;
      lines.push(`# HELP ${family.name} ${helpText(family.help)}`, `# TYPE ${family.name} ${family.kind}`);
      family.render(lines);
    }
    return `${lines.join('\n')}\n`;
  }

  #add<F extends Scalar | Histogram>(family: F): F {
    if (this.#families.has(family.name)) throw new Error(`metric ${family.name} is there already`);
    this.#families.set(family.name, family);
    return family;
  }
}

const helpText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  const escaped = (value: string): string =>
    value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
  return `{${names.map((name, i) => `${name}="${escaped(values[i] ?? '')}"`).join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
