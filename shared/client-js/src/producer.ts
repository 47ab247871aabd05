import type { ProducerOptions } from './options.js';

/** Who a client publishes as: its life is the application's, or the time of the start. */
export interface Producer {
  id: string;
  epoch: number;
  isEpochGiven: boolean;
}

/** That of a client that is made now; none if its events have keys. */
export function toProducer(options: ProducerOptions | undefined, now: number): Producer | undefined {
  if (options === undefined) return undefined;
  const { id, epoch } = options;
  return { id, epoch: epoch ?? now, isEpochGiven: epoch !== undefined };
}
