import { signal } from '@preact/signals';

export type Theme = 'auto' | 'dark' | 'light';

const KEY = 'realtime.theme';

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return value === 'dark' || value === 'light' ? value : 'auto';
}

export const theme = signal<Theme>(stored());

/** Takes effect at once, and on later visits. `auto` follows the system. */
export function setTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset.theme = next;
  if (next === 'auto') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
}
