import { effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
const NAME = 'llambo.theme';

function stored(): Theme {
  try {
    const value = localStorage.getItem(NAME);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}

const systemDark = matchMedia('(prefers-color-scheme: dark)');
const system = signal(systemDark.matches);
systemDark.addEventListener('change', ({ matches }) => {
  system.value = matches;
});

export const theme = signal<Theme>(stored());

/** What canvases repaint for. */
export const dark = signal(false);

effect(() => {
  const chosen = theme.value;
  document.documentElement.style.colorScheme = chosen === 'auto' ? 'light dark' : chosen;
  dark.value = chosen === 'auto' ? system.value : chosen === 'dark';
});

export function setTheme(value: Theme): void {
  theme.value = value;
  try {
    localStorage.setItem(NAME, value);
  } catch {
    // Forbidden: it lasts as long as the page.
  }
}

/** A colour of the style sheet as canvases take it; `name` is that of a custom property. */
export function cssColour(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
