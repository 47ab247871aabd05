using System.Collections.Concurrent;
using Realtime.Log;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery;

/// <summary>
/// Reads older events from the log for connections that are behind. Those that stand at the same place share one read,
/// so that a crowd which reconnects costs the log little more than one viewer.
/// </summary>
internal sealed class HistoryReader(IPartitionedLog log, EventDecoder decoder, DeliveryOptions options) : IDisposable
{
    private readonly record struct Place(StreamKey Stream, StreamCursor After);

    // Bounded by the reads that may be under way and those that wait: one per connection.
    private readonly ConcurrentDictionary<Place, Task<HistoryChunk>> _reads = new();
    private readonly SemaphoreSlim _turns = new(options.HistoryReadsMax);

    /// <summary>Reads what follows a cursor. The read is shared, so no single viewer can cancel it.</summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public Task<HistoryChunk> ReadAsync(StreamKey stream, StreamCursor after)
    {
        var place = new Place(stream, after);
        if (_reads.TryGetValue(place, out Task<HistoryChunk>? shared))
        {
            return shared;
        }

        var promise = new TaskCompletionSource<HistoryChunk>(TaskCreationOptions.RunContinuationsAsynchronously);
        shared = _reads.GetOrAdd(place, promise.Task);
        return shared == promise.Task ? ReadSharedAsync(place, promise) : shared;
    }

    /// <summary>Whether a cursor stands, and the first event after it.</summary>
    /// <exception cref="LogUnavailableException">Worth a retry.</exception>
    public Task<HistoryChunk> CheckAsync(StreamKey stream, StreamCursor after, CancellationToken cancellationToken) =>
        ReadOnceAsync(new Place(stream, after), new ReadLimit(1, 1), cancellationToken);

    public void Dispose() => _turns.Dispose();

    private async Task<HistoryChunk> ReadSharedAsync(Place place, TaskCompletionSource<HistoryChunk> promise)
    {
        try
        {
            HistoryChunk chunk = await ReadOnceAsync(
                place, new ReadLimit(ReadLimit.Default.Entries, options.HistoryReadBytes), CancellationToken.None);
            promise.SetResult(chunk);
            return chunk;
        }
        catch (Exception exception)
        {
            // Those who share it meet the same fault; if nobody does, this read's own caller has it.
            promise.SetException(exception);
            _ = promise.Task.Exception;
            throw;
        }
        finally
        {
            _reads.TryRemove(place, out _);
        }
    }

    private async Task<HistoryChunk> ReadOnceAsync(Place place, ReadLimit limit, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            EventRead read = await log.ReadAsync(place.Stream, place.After, limit, ReadLane.Bulk, cancellationToken);
            return new HistoryChunk(
                read.Outcome, read.Start, read.Missing, decoder.Decode(place.Stream, read.Start, read.Entries));
        }
        finally
        {
            _turns.Release();
        }
    }
}
