import { Component, type ComponentChildren, type VNode } from 'preact';
import { Scrolling } from '../ui/scrolling.tsx';
import { type Block, type Inline, parseBlocks, parseInline } from './parse.ts';

function inline(nodes: readonly Inline[]): ComponentChildren {
  return nodes.map((node) => {
    switch (node.kind) {
      case 'text':
        return node.text;
      case 'code':
        return <code>{node.text}</code>;
      case 'break':
        return <br />;
      case 'strong':
        return <strong>{inline(node.children)}</strong>;
      case 'em':
        return <em>{inline(node.children)}</em>;
      case 'del':
        return <del>{inline(node.children)}</del>;
      case 'link':
        return (
          <a
            href={node.href}
            rel="noopener noreferrer"
            target={node.href.startsWith('#') ? undefined : '_blank'}
          >
            {inline(node.children)}
          </a>
        );
      default:
        return node satisfies never;
    }
  });
}

const text = (source: string): ComponentChildren => inline(parseInline(source));

function block(node: Block): ComponentChildren {
  switch (node.kind) {
    case 'heading': {
      // The page has its own headings above these.
      const Tag = `h${Math.min(6, node.level + 2)}` as 'h3';
      return <Tag>{text(node.text)}</Tag>;
    }
    case 'paragraph':
      return <p>{text(node.text)}</p>;
    case 'code':
      return (
        <Scrolling class="code" label={node.language === '' ? 'code' : `code, ${node.language}`}>
          <code>{node.text}</code>
        </Scrolling>
      );
    case 'list': {
      const items = node.items.map((children) => (
        <li>
          {children.length === 1 && children[0]!.kind === 'paragraph'
            ? text(children[0]!.text)
            : blocks(children)}
        </li>
      ));
      return node.start === undefined ? <ul>{items}</ul> : <ol start={node.start}>{items}</ol>;
    }
    case 'quote':
      return <blockquote>{blocks(node.children)}</blockquote>;
    case 'table':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, by keyboard too
        <section class="scroll" tabIndex={0} aria-label="table">
          <table>
            <thead>
              <tr>
                {node.head.map((cell) => (
                  <th>{text(cell)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {node.rows.map((row) => (
                <tr>
                  {row.map((cell) => (
                    <td>{text(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      );
    case 'rule':
      return <hr />;
    default:
      return node satisfies never;
  }
}

const blocks = (nodes: readonly Block[]): ComponentChildren => nodes.map((node) => block(node));

/** A block whose source is as it was is not touched: of a streamed answer only the last one changes. */
class Shown extends Component<{ readonly node: Block; readonly source: string }> {
  override shouldComponentUpdate({ source }: { readonly source: string }): boolean {
    return source !== this.props.source;
  }

  override render(): ComponentChildren {
    return block(this.props.node);
  }
}

export function Markdown({ source }: { readonly source: string }): VNode {
  return (
    <div class="markdown">
      {parseBlocks(source).map((node, i) => (
        <Shown key={i} node={node} source={JSON.stringify(node)} />
      ))}
    </div>
  );
}
