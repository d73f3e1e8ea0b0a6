/** What the commands show in a terminal and read from one. */
export { definitions, inColumns, type TableOptions, table } from './columns.ts';
export type { Candidate, Completer, Completion } from './completion.ts';
export { Editor, type EditorOptions, type Line, type TerminalInput } from './editor.ts';
export { History } from './history.ts';
export { historyFile } from './history-file.ts';
export { type Key, KeyDecoder } from './keys.ts';
export { type RenderOptions, renderMarkdown } from './markdown/render.ts';
export { MarkdownStream, type MarkdownStreamOptions } from './markdown/stream.ts';
export { type Cursor, Region, type TerminalOutput } from './region.ts';
export { hasColours, hasCursor, type Painter, painter, type StyleName, styled } from './style.ts';
export { clusters, clusterWidth, pad, stripEscapes, textWidth, truncate, visible } from './width.ts';
