/** What the commands show in a terminal and read from one. */
export { definitions, hang, inColumns, table } from './columns.ts';
export type { Candidate, Completer, Completion } from './completion.ts';
export { Editor, type EditorOptions, type Line } from './editor.ts';
export { History } from './history.ts';
export { historyFile } from './history-file.ts';
export { KeyDecoder } from './keys.ts';
export { renderMarkdown } from './markdown/render.ts';
export { MarkdownStream } from './markdown/stream.ts';
export { Region, type TerminalOutput } from './region.ts';
export { hasColours, hasCursor, type Painter, painter } from './style.ts';
export { clusters, clusterWidth, pad, stripEscapes, textWidth, truncate, visible } from './width.ts';
