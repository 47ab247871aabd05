using Realtime.Log.Budgets;
using Realtime.Log.Revocations;
using Realtime.Log.Tickets;
using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>
/// The partitioned log: per tenant and partition one stream of events, per task one stream of terminal bytes.
/// It owns order, retention, replay and pressure; times are those of its own clock, never of a caller's.
/// Every call may throw <see cref="LogUnavailableException"/>, which is worth a retry; nothing else is expected of the
/// environment. All members are safe to call from many threads.
/// </summary>
public interface IPartitionedLog : IAsyncDisposable
{
    /// <summary>How many partitions a tenant's events are divided into (P).</summary>
    int PartitionCount { get; }

    /// <summary>Whether what was acknowledged outlives this process.</summary>
    bool IsDurable { get; }

    /// <summary>What all workers have to know of tokens that were revoked: it is where the log is.</summary>
    IRevocationStore Revocations { get; }

    /// <summary>Tickets that were given out and not used yet.</summary>
    ITicketStore Tickets { get; }

    /// <summary>What tenants use over all workers.</summary>
    ITenantBudgets Budgets { get; }

    /// <summary>Checks that the log answers and is laid out as configured; for start and for <c>/readyz</c>.</summary>
    /// <exception cref="LogLayoutException">The log was made with another number of partitions.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Appends a batch to one stream, in order, atomically visible; each event gets its own result, and after the first
    /// refused one the rest is refused too, so that a retry keeps the order. An empty batch asks for the pressure only.
    /// </summary>
    Task<AppendResult> AppendAsync(
        StreamKey stream, IReadOnlyList<EventAppend> batch, CancellationToken cancellationToken);

    /// <summary>
    /// The stream's epoch, end and latest values at that end, in one consistent look; gives the stream an epoch if it
    /// has none.
    /// </summary>
    Task<StreamOpening> OpenAsync(StreamKey stream, CancellationToken cancellationToken);

    /// <summary>
    /// Entries after a cursor. Whether the cursor still stands is part of the answer: see <see cref="ReadOutcome"/>.
    /// </summary>
    Task<EventRead> ReadAsync(
        StreamKey stream, StreamCursor after, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken);

    /// <summary>
    /// Entries before a position, newest first. The position is a place between entries: before it lies every entry
    /// with a lower id, at it none need stand, so that the end is the position (ms of the last entry, its offset + 1).
    /// If it is of the epoch before, but in the part of history that both share, reading goes on in the present one. Of
    /// a position that doesn't stand nothing is read, and its reader is at its end: see <see cref="EventReadBack"/>.
    /// </summary>
    /// <param name="stream">The stream; gets an epoch if it has none.</param>
    /// <param name="before">The position; null = from the end.</param>
    /// <param name="limit">How much at most.</param>
    /// <param name="lane">The connection to use.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<EventReadBack> ReadBackAsync(
        StreamKey stream, StreamCursor? before, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the stream a new epoch because <paramref name="lost"/>, a position this process has read up to, no longer
    /// stands. Compare-and-set on the epoch: if another already renewed it, nothing changes and that one is returned.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="lost">The cursor that was found not to stand.</param>
    /// <param name="recent">Ids this process has read lately, oldest first (at most 1,024 are looked at): the latest
    /// one that still stands is where the two histories part.</param>
    /// <param name="cancellationToken">Cancels the wait, not a renewal already sent.</param>
    Task<Epoch> RenewEpochAsync(
        StreamKey stream, StreamCursor lost, IReadOnlyList<EntryId> recent, CancellationToken cancellationToken);

    /// <summary>
    /// Says how far a live reader of the stream has read; the slowest one that reported within 2 s is what pressure
    /// counts from.
    /// </summary>
    Task ReportReaderAsync(StreamKey stream, string reader, long offset, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="rung"/> after each append to the stream, and after the connection to the log came back. A
    /// hint: rings may be lost, doubled, or out of order. If the log sent the events along they come with it, else
    /// null; they were stored, so a reader that stands right before them need not read them, and it is called on a
    /// thread of the pool that has nothing else to do. Without events <paramref name="rung"/> must return at once.
    /// Dispose to stop listening.
    /// </summary>
    Task<IAsyncDisposable> ListenAsync(
        StreamKey stream, Action<CarriedEvents?> rung, CancellationToken cancellationToken);

    /// <summary>
    /// What a partition holds and how far its readers are, for operators. Changes nothing and makes no stream. Bounded:
    /// of more than <see cref="LogLimits.DescribedStreamsMax"/> streams the oldest are looked at, and the answer says
    /// so.
    /// </summary>
    /// <param name="partition">The partition, 0 to <see cref="PartitionCount"/> - 1.</param>
    /// <param name="tenant">The tenant whose share is meant; null = all.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<PartitionReport> DescribeAsync(int partition, string? tenant, CancellationToken cancellationToken);

    /// <summary>Appends bytes to a terminal.</summary>
    Task<TerminalAppendResult> AppendTerminalAsync(
        TerminalKey terminal, TerminalAppend append, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that from the terminal's end on its size is another; readers get it as a record between the bytes. A
    /// terminal that isn't there is made. A claim says whose screen it is.
    /// </summary>
    Task<TerminalResizeResult> ResizeTerminalAsync(
        TerminalKey terminal, TerminalSize size, ProducerClaim? claim, CancellationToken cancellationToken);

    /// <summary>
    /// Says how far a live reader of a terminal has read; as for streams, the slowest one that reported within 2 s is
    /// what pressure counts from. A report of another epoch than the terminal's counts for nothing.
    /// </summary>
    Task ReportTerminalReaderAsync(
        TerminalKey terminal, string reader, TerminalCursor readTo, CancellationToken cancellationToken);

    /// <summary>Ends a terminal with an exit code; ending it again with the same code is harmless.</summary>
    Task<TerminalEndResult> EndTerminalAsync(
        TerminalKey terminal, int exitCode, ProducerClaim? claim, CancellationToken cancellationToken);

    /// <summary>The terminal's epoch, bounds and end; null if there is no such terminal.</summary>
    Task<TerminalBounds?> FindTerminalAsync(TerminalKey terminal, CancellationToken cancellationToken);

    /// <summary>
    /// Bytes of a terminal from an exact offset, at most <paramref name="bytesMax"/> (but at least one chunk's rest if
    /// there is any) in at most <see cref="LogLimits.TerminalReadChunksMax"/> pieces; null if there is no such
    /// terminal.
    /// </summary>
    Task<TerminalRead?> ReadTerminalAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken);

    /// <summary>As <see cref="ListenAsync"/>, for a terminal, whose bytes are always read.</summary>
    Task<IAsyncDisposable> ListenTerminalAsync(TerminalKey terminal, Action rung, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a lease on an agent or a task, or renews it. A lease on a task claims its terminal, which is made if it
    /// isn't there.
    /// </summary>
    Task<LeaseResult> LeaseAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>Gives a lease back; false if this life of the holder, or an earlier one, did not have it.</summary>
    Task<bool> ReleaseLeaseAsync(LeaseKey lease, ProducerClaim holder, CancellationToken cancellationToken);

    /// <summary>
    /// Looks at the leases of one partition: of those that ran out appends the event <c>agent.lost</c> or
    /// <c>task.lost</c>, once each, and ends the terminals of such tasks. If nobody looked for longer than <see
    /// cref="LogLimits.LeaseSweepSilence"/>, all get a new term first. Any worker may do it at any time; who dies in
    /// between leaves the rest to the next.
    /// </summary>
    Task<LeaseSweepReport> SweepLeasesAsync(int partition, CancellationToken cancellationToken);

    /// <summary>
    /// One round of housekeeping of one partition: trims quiet streams, expires state and idempotency keys, ends
    /// terminals that were idle too long. Any worker may do it at any time; doing it twice is harmless.
    /// </summary>
    Task<SweepReport> SweepAsync(int partition, CancellationToken cancellationToken);
}
