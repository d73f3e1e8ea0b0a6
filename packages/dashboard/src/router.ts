import { computed, signal } from '@preact/signals';

/** Where the page is: `#/nodes/worker-0001` is `['nodes', 'worker-0001']`. */
const fragment = signal(location.hash);
addEventListener('hashchange', () => {
  fragment.value = location.hash;
});

export const route = computed<readonly string[]>(() => {
  const parts = fragment.value
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '');
  return parts.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
});

export const hrefOf = (...parts: readonly string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;

export function go(...parts: readonly string[]): void {
  location.hash = hrefOf(...parts);
}
