/**
 * Tells an error of the application's own code (a listener that threw) where such errors are told; nothing else breaks.
 */
export function reportListenerError(error: unknown): void {
  const report = (globalThis as { reportError?: (error: unknown) => void }).reportError;
  if (typeof report === 'function') report(error);
  else console.error(error);
}
