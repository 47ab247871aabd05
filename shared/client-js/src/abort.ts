const Listening = new WeakMap<AbortSignal, { callbacks: Set<() => void>; tell: () => void }>();

/**
 * Calls back when the signal is aborted; returns "off". However many wait for the same signal, it has one listener: Node
 * takes more than ten for a leak, and says so.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const one = Listening.get(signal) ?? listen(signal);
  one.callbacks.add(callback);
  return () => {
    if (!one.callbacks.delete(callback) || one.callbacks.size > 0) return;
    signal.removeEventListener('abort', one.tell);
    Listening.delete(signal);
  };
}

function listen(signal: AbortSignal): { callbacks: Set<() => void>; tell: () => void } {
  const callbacks = new Set<() => void>();
  const tell = () => {
    for (const callback of [...callbacks]) callback();
  };
  const one = { callbacks, tell };
  Listening.set(signal, one);
  signal.addEventListener('abort', tell, { once: true });
  return one;
}
