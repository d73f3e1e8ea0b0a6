/** A browser of /n/llambo: directories, files read as they grow, and files that take what is written. */

import { type Dir, formatPerm, ORDWR, OREAD, OWRITE } from '@llambo/styx';
import { type Signal, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { files, filesState, list } from '../api/files.ts';
import { connections } from '../api/live.ts';
import { bytes } from '../format.ts';
import { hrefOf, route } from '../router.ts';
import { Panel } from '../ui/panel.tsx';
import { Scrolling } from '../ui/scrolling.tsx';

/** Bytes of a file that are shown; more is cut, for a model's file has gigabytes. */
const MOST_SHOWN = 256 * 1024;
const QTDIR = 0x80;
/** Entries of a directory that are shown at once. */
const MOST_ENTRIES = 300;

const isDirectory = (dir: Dir): boolean => (dir.qid.type & QTDIR) !== 0;

export function Files(): VNode {
  const names = route.value.slice(1);
  const path = `/${names.join('/')}`;
  const entry = useSignal<Dir | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);
  const again = useSignal(0);
  const connection = connections.value;
  useEffect(() => {
    const stop = new AbortController();
    entry.value = undefined;
    failed.value = undefined;
    files()
      .then((fs) => fs.stat(path, { signal: stop.signal }))
      .then(
        (dir) => {
          if (!stop.signal.aborted) entry.value = dir;
        },
        (error: Error) => {
          if (!stop.signal.aborted) failed.value = error.message;
        },
      );
    return () => stop.abort();
  }, [path, connection, again.value]);
  const dir = entry.value;
  const file = dir !== undefined && !isDirectory(dir);
  const folder = file ? names.slice(0, -1) : names;
  return (
    <>
      <Path names={names} />
      {failed.value === undefined ? null : (
        <p class="notice bad" role="alert">
          {failed.value}{' '}
          <button type="button" class="quiet" onClick={() => again.value++}>
            Try again
          </button>
        </p>
      )}
      <div class={file ? 'split files open' : 'split files'}>
        <Directory names={folder} marked={file ? names.at(-1) : undefined} />
        {file ? <OneFile key={path} path={path} dir={dir} /> : null}
      </div>
    </>
  );
}

function Path({ names }: { readonly names: readonly string[] }): VNode {
  return (
    <nav class="path" aria-label="Path">
      <a href={hrefOf('files')} aria-current={names.length === 0 ? 'page' : undefined}>
        /n/llambo
      </a>
      {names.map((name, i) => (
        <span key={`${i} ${name}`}>
          /
          <a
            href={hrefOf('files', ...names.slice(0, i + 1))}
            aria-current={i === names.length - 1 ? 'page' : undefined}
          >
            {name}
          </a>
        </span>
      ))}
      <span class="dim small">
        {filesState.value === 'open'
          ? '9P2000 over WebSocket'
          : filesState.value === 'connecting'
            ? 'attaching…'
            : 'not attached'}
      </span>
    </nav>
  );
}

function Directory({
  names,
  marked,
}: {
  readonly names: readonly string[];
  readonly marked: string | undefined;
}): VNode {
  const entries = useSignal<readonly Dir[] | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);
  const filter = useSignal('');
  const again = useSignal(0);
  const path = `/${names.join('/')}`;
  const connection = connections.value;
  useEffect(() => {
    const stop = new AbortController();
    failed.value = undefined;
    list(path, stop.signal).then(
      (found) => {
        if (!stop.signal.aborted) entries.value = found;
      },
      (error: Error) => {
        if (!stop.signal.aborted) failed.value = error.message;
      },
    );
    return () => stop.abort();
  }, [path, connection, again.value]);
  const found = (entries.value ?? []).filter(({ name }) => name.includes(filter.value));
  return (
    <Panel
      title={names.at(-1) ?? 'llambo'}
      class="list"
      aside={
        <>
          <label class="inline">
            <span>Filter</span>
            <input
              type="search"
              value={filter.value}
              onInput={(event) => {
                filter.value = event.currentTarget.value;
              }}
            />
          </label>
          <button type="button" class="quiet" onClick={() => again.value++}>
            Reload
          </button>
        </>
      }
    >
      {failed.value === undefined || filesState.value === 'closed' ? null : <p class="bad">{failed.value}</p>}
      {entries.value === undefined && failed.value === undefined ? <p class="dim">Reading…</p> : null}
      <div class="scroll">
        <table class="ls">
          <caption class="unseen">Entries of {path}</caption>
          <thead class="unseen">
            <tr>
              <th scope="col">Mode</th>
              <th scope="col">Owner</th>
              <th scope="col">Length</th>
              <th scope="col">Name</th>
            </tr>
          </thead>
          <tbody>
            {names.length === 0 ? null : (
              <tr>
                <td />
                <td />
                <td />
                <th scope="row">
                  <a href={hrefOf('files', ...names.slice(0, -1))}>..</a>
                </th>
              </tr>
            )}
            {found.slice(0, MOST_ENTRIES).map((dir) => (
              <tr key={dir.name} class={dir.name === marked ? 'marked' : undefined}>
                <td>{formatPerm(dir.mode)}</td>
                <td>{dir.uid}</td>
                <td class="number">
                  {isDirectory(dir) || dir.length === 0n ? '' : bytes(Number(dir.length))}
                </td>
                <th scope="row">
                  <a href={hrefOf('files', ...names, dir.name)}>
                    {dir.name}
                    {isDirectory(dir) ? '/' : ''}
                  </a>
                </th>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > MOST_ENTRIES ? (
        <p class="dim small">
          The first {MOST_ENTRIES} of {found.length}; filter for others.
        </p>
      ) : null}
    </Panel>
  );
}

/** What a file said so far. */
interface Contents {
  readonly text: string;
  readonly size: number;
  readonly state: 'reading' | 'ended' | 'stopped' | 'cut' | 'failed';
  readonly why?: string;
}

const nothing: Contents = { text: '', size: 0, state: 'ended' };

/** Bytes as text, or as numbers when they are none. */
function shown(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data, { stream: true });
  } catch {
    const rows: string[] = [];
    for (let at = 0; at < Math.min(data.length, 4096); at += 16) {
      const row = [...data.subarray(at, at + 16)];
      const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
      rows.push(
        `${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('')}`,
      );
    }
    return rows.join('\n');
  }
}

/**
 * Opens the file, writes `input` when there is any, and with `answer` reads until the file ends, blocks for good, or is
 * stopped: on one fid, for what a data file answers belongs to the fid that asked.
 */
async function converse(
  path: string,
  input: string | undefined,
  answer: boolean,
  out: Signal<Contents>,
  signal: AbortSignal,
): Promise<void> {
  let data = new Uint8Array(0);
  try {
    const fs = await files();
    const open = await fs.open(path, input === undefined ? OREAD : answer ? ORDWR : OWRITE, { signal });
    try {
      if (input !== undefined) await open.write(new TextEncoder().encode(input), { signal });
      if (!answer) {
        out.value = { ...nothing, state: 'ended' };
        return;
      }
      open.offset = 0;
      for (;;) {
        const piece = await open.read(undefined, { signal });
        if (piece.length === 0) break;
        const more = new Uint8Array(data.length + piece.length);
        more.set(data);
        more.set(piece, data.length);
        data = more;
        const cut = data.length >= MOST_SHOWN;
        out.value = { text: shown(data), size: data.length, state: cut ? 'cut' : 'reading' };
        if (cut) return;
      }
      out.value = { text: shown(data), size: data.length, state: 'ended' };
    } finally {
      open.close().catch(() => {});
    }
  } catch (error) {
    const stopped = signal.aborted;
    out.value = {
      text: shown(data),
      size: data.length,
      state: stopped ? 'stopped' : 'failed',
      why: (error as Error).message,
    };
  }
}

function OneFile({ path, dir }: { readonly path: string; readonly dir: Dir }): VNode {
  const contents = useSignal<Contents>(nothing);
  const doing = useSignal<AbortController | undefined>(undefined);
  const input = useSignal('');
  const written = useSignal<string | undefined>(undefined);
  const conversation = /^(data|clone)$/.test(dir.name);
  const readable = (dir.mode & 0o444) !== 0;
  const writable = (dir.mode & 0o222) !== 0;
  const answers = useSignal(conversation);

  const go = async (text: string | undefined, answer: boolean): Promise<void> => {
    doing.value?.abort();
    const stop = new AbortController();
    doing.value = stop;
    written.value = undefined;
    if (answer) contents.value = { ...nothing, state: 'reading' };
    const out = answer ? contents : ({ value: nothing } as Signal<Contents>);
    await converse(path, text, answer, out, stop.signal);
    if (doing.value !== stop) return;
    doing.value = undefined;
    if (text === undefined || answer) return;
    const { state, why } = out.value;
    written.value = state === 'failed' ? why : 'written';
    if (state !== 'failed') input.value = '';
  };

  useEffect(() => {
    // A file that answers questions says nothing before it is asked one.
    if (readable && !conversation) void go(undefined, true);
    return () => doing.value?.abort();
  }, []);

  const { text, size, state, why } = contents.value;
  const busy = doing.value !== undefined;
  return (
    <Panel
      title={dir.name}
      aside={
        <>
          {busy ? (
            <button type="button" class="quiet" onClick={() => doing.value?.abort()}>
              Stop
            </button>
          ) : readable && !conversation ? (
            <button type="button" class="quiet" onClick={() => void go(undefined, true)}>
              Read again
            </button>
          ) : null}
          <a
            class="close"
            href={hrefOf('files', ...path.split('/').slice(1, -1))}
            aria-label={`Close ${dir.name}`}
          >
            ×
          </a>
        </>
      }
    >
      <p class="dim small" role="status">
        {formatPerm(dir.mode)} {dir.uid} · {bytes(size)}
        {state === 'reading' && busy ? ' · reads until the file ends' : ''}
        {state === 'cut' ? ` · cut at ${bytes(MOST_SHOWN)}` : ''}
        {state === 'stopped' ? ' · stopped' : ''}
      </p>
      {state === 'failed' ? (
        <p class="bad" role="alert">
          {why}
        </p>
      ) : null}
      {readable ? (
        <Scrolling label={`Contents of ${dir.name}`} class="file">
          {text}
        </Scrolling>
      ) : null}
      {writable ? (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void go(input.value, answers.value);
          }}
        >
          <label>
            <span>{conversation ? 'Question' : 'Write'}</span>
            <textarea
              rows={conversation ? 3 : 1}
              spellcheck={false}
              autocapitalize="off"
              value={input.value}
              onInput={(event) => {
                input.value = event.currentTarget.value;
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.shiftKey || event.isComposing || conversation) return;
                event.preventDefault();
                event.currentTarget.form?.requestSubmit();
              }}
            />
          </label>
          {written.value === undefined ? null : (
            <p class={written.value === 'written' ? 'good' : 'bad'} role="status">
              {written.value}
            </p>
          )}
          <p class="buttons">
            {readable ? (
              <label class="check">
                <input
                  type="checkbox"
                  checked={answers.value}
                  onChange={(event) => {
                    answers.value = event.currentTarget.checked;
                  }}
                />
                read the answer on the same fid
              </label>
            ) : null}
            <button type="submit" class="primary" disabled={input.value === ''}>
              {conversation ? 'Ask' : 'Write'}
            </button>
          </p>
        </form>
      ) : null}
    </Panel>
  );
}
