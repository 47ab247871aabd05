using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>
/// Reads of terminals' history, so many at a time for all terminals of this worker: their replies travel on the log's
/// bulk connection, where appends and live output would wait behind them. Who has to wait waits in the order of asking.
/// </summary>
internal sealed class TerminalReads(IPartitionedLog log, TerminalTailOptions options, TerminalMetrics metrics)
    : IDisposable
{
    /// <summary>Bytes of one read, at most.</summary>
    public const int BytesMax = 256 * 1024;

    private readonly SemaphoreSlim _turns = new(options.HistoryReadsMax);

    /// <summary>Reads once it is its turn. The read is shared, so no single viewer can cancel it.</summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public async Task<TerminalRead?> ReadAsync(TerminalKey terminal, TerminalCursor from, int bytesMax)
    {
        metrics.ReadWaits(1);
        try
        {
            await _turns.WaitAsync();
        }
        finally
        {
            metrics.ReadWaits(-1);
        }

        try
        {
            return await log.ReadTerminalAsync(
                terminal, from, Math.Min(bytesMax, BytesMax), ReadLane.Bulk, CancellationToken.None);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
