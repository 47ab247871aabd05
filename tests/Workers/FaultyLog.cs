using Realtime.Log;
using Realtime.Log.Budgets;
using Realtime.Log.Revocations;
using Realtime.Log.Tickets;
using Realtime.Protocol;

namespace Realtime.Tests.Workers;

/// <summary>A log that fails where a test says so, and passes everything else on.</summary>
internal sealed class FaultyLog(IPartitionedLog inner) : IPartitionedLog
{
    /// <summary>The exception of a check; null = none.</summary>
    public Func<Exception?> OnCheck { get; set; } = () => null;

    /// <summary>The exception of an append to a stream.</summary>
    public Func<StreamKey, Exception?> OnAppend { get; set; } = _ => null;

    /// <summary>What is answered instead of an append.</summary>
    public Func<IReadOnlyList<EventAppend>, AppendResult?> InsteadOfAppend { get; set; } = _ => null;

    /// <summary>Sees each append that none of the above answers, and does it.</summary>
    public Func<Func<Task<AppendResult>>, Task<AppendResult>> AroundAppend { get; set; } = appendAsync => appendAsync();

    /// <summary>The exception of a read of events or state.</summary>
    public Func<StreamKey, Exception?> OnRead { get; set; } = _ => null;

    /// <summary>Sees each backward read, and does it.</summary>
    public Func<StreamKey, ReadLimit, ReadLane, Func<Task<EventReadBack>>, Task<EventReadBack>> AroundReadBack
    {
        get;
        set;
    } = (_, _, _, readAsync) => readAsync();

    /// <summary>Whether a stream's bell is rung by the test alone.</summary>
    public bool IsBellSilent { get; init; }

    /// <summary>Who listens to a stream's bell; the last one who came.</summary>
    public Action<CarriedEvents?>? Bell { get; private set; }

    /// <summary>Anything to do with a terminal.</summary>
    public Func<Exception?> OnTerminal { get; set; } = () => null;

    /// <summary>What is answered instead of a terminal append.</summary>
    public Func<TerminalAppendResult?> InsteadOfTerminalAppend { get; set; } = () => null;

    /// <summary>Sees each terminal append that none of the above answers, and does it.</summary>
    public Func<TerminalKey, TerminalAppend, Func<Task<TerminalAppendResult>>, Task<TerminalAppendResult>>
        AroundTerminalAppend
    { get; set; } = (_, _, appendAsync) => appendAsync();

    /// <summary>Sees each look at a terminal's bounds, and does it.</summary>
    public Func<Func<Task<TerminalBounds?>>, Task<TerminalBounds?>> AroundFindTerminal { get; set; } =
        findAsync => findAsync();

    /// <summary>Sees each read of a terminal, and does it.</summary>
    public Func<Func<Task<TerminalRead?>>, Task<TerminalRead?>> AroundReadTerminal { get; set; } =
        readAsync => readAsync();

    /// <summary>The exception of anything to do with a lease.</summary>
    public Func<Exception?> OnLease { get; set; } = () => null;

    /// <summary>What is answered instead of a lease.</summary>
    public Func<LeaseResult?> InsteadOfLease { get; set; } = () => null;

    /// <summary>The exception of a sweep of a partition.</summary>
    public Func<int, Exception?> OnSweep { get; set; } = _ => null;

    /// <summary>What is answered instead of a sweep.</summary>
    public Func<int, SweepReport?> InsteadOfSweep { get; set; } = _ => null;

    public int PartitionCount => inner.PartitionCount;

    public bool IsDurable => inner.IsDurable;

    public IRevocationStore Revocations { get; set; } = inner.Revocations;

    public ITicketStore Tickets { get; set; } = inner.Tickets;

    public ITenantBudgets Budgets { get; set; } = inner.Budgets;

    public static LogUnavailableException Away(LogUnavailableReason reason = LogUnavailableReason.Unreachable) =>
        new(reason, "A test took it away.");

    public Task CheckAsync(CancellationToken cancellationToken) =>
        OnCheck() is { } fault ? Task.FromException(fault) : inner.CheckAsync(cancellationToken);

    public Task<AppendResult> AppendAsync(
        StreamKey stream, IReadOnlyList<EventAppend> batch, CancellationToken cancellationToken) =>
        OnAppend(stream) is { } fault ? Task.FromException<AppendResult>(fault)
            : InsteadOfAppend(batch) is { } result ? Task.FromResult(result)
            : AroundAppend(() => inner.AppendAsync(stream, batch, cancellationToken));

    public Task<StreamOpening> OpenAsync(StreamKey stream, CancellationToken cancellationToken) =>
        OnRead(stream) is { } fault
            ? Task.FromException<StreamOpening>(fault)
            : inner.OpenAsync(stream, cancellationToken);

    public Task<EventRead> ReadAsync(
        StreamKey stream, StreamCursor after, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken) =>
        OnRead(stream) is { } fault
            ? Task.FromException<EventRead>(fault)
            : inner.ReadAsync(stream, after, limit, lane, cancellationToken);

    public Task<EventReadBack> ReadBackAsync(
        StreamKey stream, StreamCursor? before, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken) =>
        OnRead(stream) is { } fault
            ? Task.FromException<EventReadBack>(fault)
            : AroundReadBack(stream, limit, lane, () =>
                inner.ReadBackAsync(stream, before, limit, lane, cancellationToken));

    public Task<Epoch> RenewEpochAsync(
        StreamKey stream, StreamCursor lost, IReadOnlyList<EntryId> recent, CancellationToken cancellationToken) =>
        inner.RenewEpochAsync(stream, lost, recent, cancellationToken);

    public Task ReportReaderAsync(StreamKey stream, string reader, long offset, CancellationToken cancellationToken) =>
        inner.ReportReaderAsync(stream, reader, offset, cancellationToken);

    public Task<IAsyncDisposable> ListenAsync(
        StreamKey stream, Action<CarriedEvents?> rung, CancellationToken cancellationToken)
    {
        Bell = rung;
        return inner.ListenAsync(stream, IsBellSilent ? static _ => { } : rung, cancellationToken);
    }

    public Task<TerminalAppendResult> AppendTerminalAsync(
        TerminalKey terminal, TerminalAppend append, CancellationToken cancellationToken) =>
        OnTerminal() is { } fault ? Task.FromException<TerminalAppendResult>(fault)
            : InsteadOfTerminalAppend() is { } result ? Task.FromResult(result)
            : AroundTerminalAppend(
                terminal, append, () => inner.AppendTerminalAsync(terminal, append, cancellationToken));

    public Task<TerminalResizeResult> ResizeTerminalAsync(
        TerminalKey terminal, TerminalSize size, ProducerClaim? claim, CancellationToken cancellationToken) =>
        OnTerminal() is { } fault
            ? Task.FromException<TerminalResizeResult>(fault)
            : inner.ResizeTerminalAsync(terminal, size, claim, cancellationToken);

    public Task ReportTerminalReaderAsync(
        TerminalKey terminal, string reader, TerminalCursor readTo, CancellationToken cancellationToken) =>
        inner.ReportTerminalReaderAsync(terminal, reader, readTo, cancellationToken);

    public Task<TerminalEndResult> EndTerminalAsync(
        TerminalKey terminal, int exitCode, ProducerClaim? claim, CancellationToken cancellationToken) =>
        OnTerminal() is { } fault
            ? Task.FromException<TerminalEndResult>(fault)
            : inner.EndTerminalAsync(terminal, exitCode, claim, cancellationToken);

    public Task<TerminalBounds?> FindTerminalAsync(TerminalKey terminal, CancellationToken cancellationToken) =>
        AroundFindTerminal(() => inner.FindTerminalAsync(terminal, cancellationToken));

    public Task<TerminalRead?> ReadTerminalAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken) =>
        OnTerminal() is { } fault
            ? Task.FromException<TerminalRead?>(fault)
            : AroundReadTerminal(() => inner.ReadTerminalAsync(terminal, from, bytesMax, lane, cancellationToken));

    public Task<IAsyncDisposable> ListenTerminalAsync(
        TerminalKey terminal, Action rung, CancellationToken cancellationToken) =>
        inner.ListenTerminalAsync(terminal, rung, cancellationToken);

    public Task<LeaseResult> LeaseAsync(Lease lease, CancellationToken cancellationToken) =>
        OnLease() is { } fault
            ? Task.FromException<LeaseResult>(fault)
            : InsteadOfLease() is { } result ? Task.FromResult(result)
            : inner.LeaseAsync(lease, cancellationToken);

    public Task<bool> ReleaseLeaseAsync(LeaseKey lease, ProducerClaim holder, CancellationToken cancellationToken) =>
        OnLease() is { } fault
            ? Task.FromException<bool>(fault)
            : inner.ReleaseLeaseAsync(lease, holder, cancellationToken);

    public Task<LeaseSweepReport> SweepLeasesAsync(int partition, CancellationToken cancellationToken) =>
        OnLease() is { } fault
            ? Task.FromException<LeaseSweepReport>(fault)
            : inner.SweepLeasesAsync(partition, cancellationToken);

    public Task<PartitionReport> DescribeAsync(int partition, string? tenant, CancellationToken cancellationToken) =>
        inner.DescribeAsync(partition, tenant, cancellationToken);

    public Task<SweepReport> SweepAsync(int partition, CancellationToken cancellationToken) =>
        OnSweep(partition) is { } fault
            ? Task.FromException<SweepReport>(fault)
            : InsteadOfSweep(partition) is { } report
                ? Task.FromResult(report)
                : inner.SweepAsync(partition, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
