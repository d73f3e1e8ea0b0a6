import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';

/** A box with its title in the upper border, as the seed draws them. */
export function Panel(props: {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Beside the title, at the right. */
  readonly aside?: ComponentChildren;
  readonly class?: string;
}): VNode {
  const id = useId();
  return (
    <section class={`panel ${props.class ?? ''}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        {props.aside === undefined ? null : <div class="aside">{props.aside}</div>}
      </header>
      {props.children}
    </section>
  );
}
