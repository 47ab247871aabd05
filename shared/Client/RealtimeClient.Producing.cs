using Realtime.Client.Http;

namespace Realtime.Client;

// What producers do.
public sealed partial class RealtimeClient
{
    /// <summary>
    /// Publishes events in their order and returns when all are stored. What fails for a while is tried again, by
    /// <see cref="RealtimeClientOptions.Publish"/>; keys keep anything from being stored twice. Calls at the same time
    /// have no order among each other.
    /// </summary>
    /// <param name="events">The events; more than 1,000 go out in several requests.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="PublishException">Not all could be stored; it says which.</exception>
    public Task<IReadOnlyList<PublishResult>> PublishAsync(
        IReadOnlyList<EventDraft> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return _publisher.PublishAsync(events, cancellationToken);
    }

    /// <summary>Publishes one event; see <see cref="PublishAsync(IReadOnlyList{EventDraft},
    /// CancellationToken)"/>.</summary>
    /// <param name="draft">The event.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <exception cref="PublishException">It could not be stored.</exception>
    public async Task<PublishResult> PublishAsync(EventDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return (await _publisher.PublishAsync([draft], cancellationToken))[0];
    }

    /// <summary>
    /// Appends bytes to a task's terminal and returns when they are stored. The offset makes it harmless to do it
    /// again: bytes that are there already are skipped.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="offset">Offset of the first byte: how many were appended before.</param>
    /// <param name="data">The bytes, at least one.</param>
    /// <param name="options">Which stream, and what to do if the log lost bytes.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <returns>Where the terminal stands now.</returns>
    /// <exception cref="TerminalHoleException">Bytes before the offset are missing.</exception>
    /// <exception cref="RealtimeException">They could not be stored.</exception>
    public Task<TerminalAppended> AppendTerminalAsync(
        string task, long offset, ReadOnlyMemory<byte> data, AppendTerminalOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return _terminals.AppendAsync(task, offset, data, options ?? new AppendTerminalOptions(), cancellationToken);
    }

    /// <summary>Ends a task's terminal. The first exit code stays; the same one again is harmless.</summary>
    /// <param name="task">The task.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <exception cref="RealtimeException">It could not be ended.</exception>
    public Task EndTerminalAsync(string task, int exitCode, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        return _terminals.EndAsync(task, exitCode, cancellationToken);
    }

    /// <summary>
    /// Tells a terminal's size from its present end on, so that viewers show what follows as the program meant it.
    /// </summary>
    /// <param name="task">The task; its terminal must have begun.</param>
    /// <param name="columns">Columns, 1 to 1,000.</param>
    /// <param name="rows">Rows, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <exception cref="RealtimeException">It could not be told; <c>not_found</c> by servers that know no
    /// sizes.</exception>
    public Task ResizeTerminalAsync(string task, int columns, int rows, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        return _terminals.ResizeAsync(task, columns, rows, cancellationToken);
    }

    /// <summary>
    /// Takes a lease on an agent for this client's producer, and keeps it: when this process is gone without a word,
    /// the log says that the agent is lost, so that it isn't shown as working for ever.
    /// </summary>
    /// <param name="agent">The agent.</param>
    /// <param name="options">For how long.</param>
    /// <param name="cancellationToken">Ends the waiting; it may be taken all the same, and then runs out.</param>
    /// <returns>The lease: dispose it to give it back.</returns>
    /// <exception cref="LeasedException">Another producer holds it.</exception>
    /// <exception cref="StaleProducerException">A later life of this producer holds it.</exception>
    /// <exception cref="RealtimeException">It could not be taken.</exception>
    /// <exception cref="InvalidOperationException">The option <c>Producer</c> is not set.</exception>
    public Task<ProducerLease> LeaseAgentAsync(
        string agent, LeaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(agent);
        options ??= new LeaseOptions();
        return options.Agent is null
            ? LeaseAsync(agent, null, options, cancellationToken)
            : throw new ArgumentException("Agent goes with a task.", nameof(options));
    }

    /// <summary>
    /// Takes a lease on a task and claims its terminal for this client's producer, and keeps it: while it lives, nobody
    /// else writes to the terminal; when this process is gone without a word, the log says that the task is lost, and
    /// ends the terminal with exit code -1.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="options">For how long, and which agent works on it.</param>
    /// <param name="cancellationToken">Ends the waiting; it may be taken all the same, and then runs out.</param>
    /// <returns>The lease: dispose it to give it back.</returns>
    /// <exception cref="LeasedException">Another producer holds it.</exception>
    /// <exception cref="StaleProducerException">A later life of this producer holds it.</exception>
    /// <exception cref="RealtimeException">It could not be taken; <c>ended</c> if the terminal has.</exception>
    /// <exception cref="InvalidOperationException">The option <c>Producer</c> is not set.</exception>
    public Task<ProducerLease> LeaseTaskAsync(
        string task, LeaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        options ??= new LeaseOptions();
        return LeaseAsync(options.Agent, task, options, cancellationToken);
    }

    private async Task<ProducerLease> LeaseAsync(
        string? agent, string? task, LeaseOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Ttl, LeaseOptions.TtlMin, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Ttl, LeaseOptions.TtlMax, nameof(options));
        ThrowIfDisposed();
        LeaseClient leases = _leases
            ?? throw new InvalidOperationException("Leases are a producer's: the option Producer is not set.");
        LeaseTaken taken = await leases.TakeAsync(agent, task, options.Ttl, cancellationToken);
        var lease = new ProducerLease(
            agent, task, options, taken, leases, _options, ended => _held.TryRemove(ended, out _));
        _held.TryAdd(lease, true);
        return lease;
    }
}
