using Realtime.Protocol;

namespace Realtime.Log.Memory;

public sealed partial class MemoryLog
{
    /// <inheritdoc/>
    public Task<TerminalAppendResult> AppendTerminalAsync(
        TerminalKey terminal, TerminalAppend append, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(append);
        RequireRange(append.Data.Length, 0, LogLimits.TerminalAppendBytesMax);
        RequireRange(append.Offset ?? 0, 0, LogLimits.TerminalOffsetMax);
        if (append is { AfterLoss: not null, Offset: null })
        {
            throw new ArgumentException("A new life of a terminal needs the offset it begins at.", nameof(append));
        }

        Enter(cancellationToken);
        if (append.Data.IsEmpty && _terminals.Find(terminal) is null)
        {
            // Who only asks for the pressure takes no place of its tenant, and none from a terminal that ended.
            return Task.FromResult(new TerminalAppendResult(
                TerminalAppendStatus.Duplicate, 0, default,
                new Pressure(PressureState.Ok, 0, _options.TerminalDepthBytesMax)));
        }

        TerminalStore store = _terminals.FindOrAdd(terminal, NowMs());
        if (!store.IsAtRetention && !_budget.HasRoomFor(append.Data.Length) && !TryMakeRoom(append.Data.Length))
        {
            throw Full();
        }

        TerminalAppendResult result = store.Append(append, NowMs());
        if (result.Status == TerminalAppendStatus.Stored
            || (append.AfterLoss is not null && result.Status == TerminalAppendStatus.Duplicate))
        {
            _terminalBells.Ring(terminal);
        }

        return Task.FromResult(result);
    }

    /// <inheritdoc/>
    public Task<TerminalResizeResult> ResizeTerminalAsync(
        TerminalKey terminal, TerminalSize size, ProducerClaim? claim, CancellationToken cancellationToken)
    {
        RequireRange(size.Columns, 1, LogLimits.TerminalColumnsMax, nameof(size));
        RequireRange(size.Rows, 1, LogLimits.TerminalRowsMax, nameof(size));
        Enter(cancellationToken);
        TerminalResizeResult result = _terminals.FindOrAdd(terminal, NowMs()).Resize(size, claim, NowMs());
        if (result.Status == TerminalResizeStatus.Resized)
        {
            _terminalBells.Ring(terminal);
        }

        return Task.FromResult(result);
    }

    /// <inheritdoc/>
    public Task ReportTerminalReaderAsync(
        TerminalKey terminal, string reader, TerminalCursor readTo, CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        _terminals.Find(terminal)?.ReportReader(reader, readTo, NowMs());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<TerminalEndResult> EndTerminalAsync(
        TerminalKey terminal, int exitCode, ProducerClaim? claim, CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        TerminalEndResult result = _terminals.FindOrAdd(terminal, NowMs()).End(exitCode, claim, NowMs());
        if (result.Status == TerminalEndStatus.Ended)
        {
            _terminalBells.Ring(terminal);
        }

        return Task.FromResult(result);
    }

    /// <inheritdoc/>
    public Task<TerminalBounds?> FindTerminalAsync(TerminalKey terminal, CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        return Task.FromResult(_terminals.Find(terminal)?.Bounds);
    }

    /// <inheritdoc/>
    public Task<TerminalRead?> ReadTerminalAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from.Offset);
        RequireRange(bytesMax, 1, int.MaxValue);
        Enter(cancellationToken);
        return Task.FromResult(_terminals.Find(terminal)?.Read(from, bytesMax));
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ListenTerminalAsync(
        TerminalKey terminal, Action rung, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rung);
        Enter(cancellationToken);
        return Task.FromResult(_terminalBells.Listen(terminal, rung));
    }
}
