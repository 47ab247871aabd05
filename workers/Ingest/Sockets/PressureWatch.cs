using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// Finds out when a paused producer may go on: it appends nothing meanwhile, so that no answer would tell. Runs from
/// the first pause of a connection on.
/// </summary>
internal sealed partial class PressureWatch(
    string tenant, IPartitionedLog log, Outbox outbox, TimeSpan interval, TimeProvider clock, ILogger logger,
    CancellationToken closed)
{
    private static readonly Pressure Over = new(PressureState.Ok, 0, 0);

    private readonly Signal _paused = new();
    private bool _isBroken;
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

    private async Task<Pressure?> FindAsync(LaneKey lane)
    {
        try
        {
            Pressure found = await AskAsync(lane);
            _isBroken = false;
            return found;
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            throw;
        }
        catch (LogUnavailableException)
        {
            // Asked again after the interval.
            return null;
        }
        catch (Exception fault)
        {
            // Asked again as well: a producer that is told to pause must be told when that is over. Said once, not ten
            // times a second.
            if (!_isBroken)
            {
                _isBroken = true;
                Log.Broken(logger, fault);
            }

            return null;
        }
    }

    // Appends nothing, which changes nothing, and tells the pressure.
    private async Task<Pressure> AskAsync(LaneKey lane)
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "Asking for the pressure of a paused producer met a fault of ours; it is asked again.")]
        public static partial void Broken(ILogger logger, Exception fault);
    }
}
