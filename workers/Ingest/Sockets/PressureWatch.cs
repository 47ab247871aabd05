using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// Finds out when a paused producer may go on: it appends nothing meanwhile, so that no answer would tell. Runs from
/// the first pause of a connection on.
/// </summary>
internal sealed class PressureWatch(
    string tenant, IPartitionedLog log, Outbox outbox, TimeSpan interval, TimeProvider clock, CancellationToken closed)
{
    private static readonly Pressure Over = new(PressureState.Ok, 0, 0);

    private readonly Signal _paused = new();
    private Task? _running;

    /// <summary>Something was paused. One call at a time.</summary>
    public void Wake(ProducerLanes lanes)
    {
        _paused.Raise();
        _running ??= RunAsync(lanes);
    }

    /// <summary>Waits for the end, once the connection is closed.</summary>
    public async Task EndAsync()
    {
        _paused.Raise();
        if (_running is { } running)
        {
            await running;
        }
    }

    private async Task RunAsync(ProducerLanes lanes)
    {
        try
        {
            while (!closed.IsCancellationRequested)
            {
                IReadOnlyList<LaneKey> paused = lanes.Paused;
                if (paused.Count == 0)
                {
                    await _paused.WaitAsync();
                    continue;
                }

                await Task.Delay(interval, clock, closed);
                foreach (LaneKey lane in paused)
                {
                    // Who reads nothing needs no news.
                    if (!outbox.IsControlFull && await FindAsync(lane) is { } pressure)
                    {
                        lanes.Tell(lane, pressure);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The end of the connection.
        }
    }

    // Appends nothing, which changes nothing, and tells the pressure.
    private async Task<Pressure?> FindAsync(LaneKey lane)
    {
        try
        {
            if (lane.Task is null)
            {
                return (await log.AppendAsync(new StreamKey(tenant, lane.Partition), [], closed)).Pressure;
            }

            TerminalAppendResult result = await log.AppendTerminalAsync(
                new TerminalKey(tenant, lane.Task), new TerminalAppend { Data = default }, closed);

            // Nothing can be appended any more, so nobody has to wait with it.
            return result.Status == TerminalAppendStatus.Ended ? Over : result.Pressure;
        }
        catch (LogUnavailableException)
        {
            // Asked again after the interval.
            return null;
        }
    }
}
