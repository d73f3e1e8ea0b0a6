import type { ComponentChildren, VNode } from 'preact';

/** Text as it is, which scrolls when there is more than fits, by keyboard too. */
export function Scrolling(props: {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll it
    <section class={props.class} tabIndex={0} aria-label={props.label}>
      <pre>{props.children}</pre>
    </section>
  );
}
