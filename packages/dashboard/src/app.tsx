import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentType, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { link, reconnect, status } from './api/live.ts';
import { hrefOf, route } from './router.ts';
import { setTheme, type Theme, theme } from './theme.ts';
import { Confirm } from './ui/confirm.tsx';
import { KeyDialog } from './ui/key-dialog.tsx';
import { Activity } from './views/activity.tsx';
import { Chat } from './views/chat.tsx';
import { Control } from './views/control.tsx';
import { Files } from './views/files.tsx';
import { Fusion } from './views/fusion.tsx';
import { Hosts } from './views/hosts.tsx';
import { Nodes } from './views/nodes.tsx';
import { Overview } from './views/overview.tsx';

interface Page {
  readonly name: string;
  readonly title: string;
  readonly view: ComponentType;
}

const PAGES: readonly Page[] = [
  { name: '', title: 'Overview', view: Overview },
  { name: 'nodes', title: 'Nodes', view: Nodes },
  { name: 'hosts', title: 'Hosts', view: Hosts },
  { name: 'activity', title: 'Activity', view: Activity },
  { name: 'control', title: 'Control', view: Control },
  { name: 'chat', title: 'Chat', view: Chat },
  { name: 'fusion', title: 'Fusion', view: Fusion },
  { name: 'files', title: 'Name space', view: Files },
];

export function App(): VNode {
  const name = route.value[0] ?? '';
  const page = PAGES.find((each) => each.name === name) ?? PAGES[0]!;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = page.name === '' ? 'llambo' : `${page.title} · llambo`;
    // Another page: the keyboard and the reader start at its beginning.
    if (!first.current) main.current?.focus({ preventScroll: true });
    if (!first.current) scrollTo(0, 0);
    // On a phone the row of pages is wider than the screen.
    document.querySelector('.top nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    first.current = false;
  }, [page.name]);
  const View = page.view;
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <header class="top">
        <a class="mark" href={hrefOf()} aria-label="llambo, overview">
          <Logo />
          llambo
        </a>
        <nav aria-label="Pages">
          {PAGES.map(({ name: each, title }) => (
            <a
              key={each}
              href={hrefOf(...(each === '' ? [] : [each]))}
              aria-current={each === page.name ? 'page' : undefined}
            >
              {title}
            </a>
          ))}
        </nav>
        <div class="corner">
          <LinkState />
          <ThemeChoice />
        </div>
      </header>
      <Lost />
      <main id="main" tabIndex={-1} ref={main} class={link.value.state === 'lost' ? 'stale' : undefined}>
        <h1 class="unseen">{page.title}</h1>
        <View />
      </main>
      <footer>
        <span>llambo {status.value?.version ?? ''}</span>
        <span>
          The same as files: <code>/n/llambo</code> · as figures: <a href="/metrics">/metrics</a>
        </span>
      </footer>
      <KeyDialog />
      <Confirm />
    </>
  );
}

function Logo(): VNode {
  return (
    <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
      <path class="lit" d="M1 1h4v4H1zM1 6h4v4H1zM1 11h4v4H1zM6 11h4v4H6z" />
      <path class="new" d="M11 11h4v4h-4z" />
      <path class="off" d="M6 6h4v4H6zM6 1h4v4H6zM11 1h4v4h-4zM11 6h4v4h-4z" />
    </svg>
  );
}

function LinkState(): VNode {
  const { state } = link.value;
  const words = state === 'live' ? 'live' : state === 'lost' ? 'offline' : 'connecting';
  return (
    <span class={`link ${state}`} role="status">
      <i />
      {words}
    </span>
  );
}

const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

function ThemeChoice(): VNode {
  const now = theme.value;
  return (
    <button
      type="button"
      class="quiet theme"
      onClick={() => setTheme(NEXT[theme.value])}
      aria-label={`Colours: ${now}. Change to ${NEXT[now]}.`}
    >
      {now}
    </button>
  );
}

/** Says that what is on the page is old, and when the next attempt is. */
function Lost(): VNode | null {
  const now = link.value;
  const left = useSignal(0);
  useSignalEffect(() => {
    const lost = link.value;
    if (lost.state !== 'lost') return;
    const count = (): void => {
      left.value = Math.max(0, Math.ceil((lost.retryAt - Date.now()) / 1000));
    };
    count();
    const timer = setInterval(count, 250);
    return () => clearInterval(timer);
  });
  if (now.state !== 'lost') return null;
  return (
    <div class="lost" role="alert">
      <span>
        Connection lost: {now.why}.{' '}
        <span aria-hidden="true">{left.value > 0 ? `Next attempt in ${left.value} s.` : 'Trying…'}</span>{' '}
        {status.value === undefined ? '' : 'What you see is what was last heard.'}
      </span>
      <button type="button" class="quiet" onClick={reconnect}>
        Try now
      </button>
    </div>
  );
}
