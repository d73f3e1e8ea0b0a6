import type { VNode } from 'preact';
import { hrefOf } from '../router.ts';

const NODE = /\b([a-z]+-\d{4,})\b/;

/** An event's text; the nodes in it lead to their pages. */
export function Words({ text }: { readonly text: string }): VNode {
  return (
    <span>
      {text.split(NODE).map((part, i) =>
        i % 2 === 1 ? (
          <a key={i} href={hrefOf('nodes', part)}>
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </span>
  );
}
