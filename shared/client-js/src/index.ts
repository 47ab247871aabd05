export { RealtimeClient, type ServerError, type ServerLimits } from './client.js';
export { CloseCodes } from './closeCodes.js';
export { RealtimeError } from './errors.js';
export { EventId } from './eventId.js';
export type { AgentEvent } from './events.js';
export type { EventFilter } from './filter.js';
export type { EventItem, EventOrigin, Gap, SubscriptionItem, TerminalGap, TerminalItem } from './items.js';
export { Lease, type Leased, type LeaseOptions } from './lease.js';
export { LeasedError } from './leasedError.js';
export type { Channel, ProblemPlace } from './messages.js';
export type { ClientOptions, ProducerOptions, TicketSource, TokenRequest, TokenSource } from './options.js';
export { PublishError, type PublishOutcome, type PublishResult } from './publishError.js';
export type { PublishEvent } from './publishEvent.js';
export type { HistoryPage, HistoryQuery, LatestPage, LatestQuery, ValuesPage, ValuesQuery } from './reading.js';
export { StaleProducerError } from './staleProducerError.js';
export type { ConnectionState, WaitReason } from './state.js';
export { type Buffered, type SubscribeOptions, Subscription } from './subscription.js';
export { TerminalHoleError } from './terminalHoleError.js';
export {
  type AppendOptions,
  type TerminalAppended,
  TerminalWriter,
  type TerminalWriterOptions,
} from './terminalWriter.js';
export type { Ticket, TicketOptions } from './tickets.js';
export { type TerminalOptions, TerminalSubscription } from './terminal.js';
export type { TerminalFrom } from './terminalPosition.js';
export type { ReadTerminalOptions, TerminalChunk, TerminalContent } from './terminalReading.js';
export type { SubscriptionStatus } from './wireControl.js';
