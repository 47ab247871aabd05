using Realtime.Log;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>One request in one lane: waits for those before it, and lets the next one in when it is disposed.</summary>
internal sealed class LaneTurn(ProducerLanes lanes, ProducerLane lane, long seq, Task before) : IDisposable
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when this one has left.</summary>
    public Task Left => _left.Task;

    /// <summary>
    /// Waits until it is its turn. False if a request with a lower number was refused here and hasn't come again.
    /// </summary>
    public async ValueTask<bool> WaitAsync(CancellationToken closed)
    {
        if (!before.IsCompleted)
        {
            await before.WaitAsync(closed);
        }

        return lanes.MayGo(lane, seq);
    }

    /// <summary>It was refused, and may succeed if it comes again: until then nothing behind it goes.</summary>
    public void Refuse() => lanes.Refuse(lane, seq);

    /// <summary>The pressure that was found.</summary>
    public void Tell(Pressure pressure) => lanes.Tell(lane, pressure);

    public void Dispose()
    {
        lanes.Leave(lane);
        _left.TrySetResult();
    }
}
