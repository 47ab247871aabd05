namespace Realtime.Loadtests.Measuring;

/// <summary>The counters of one meter in all processes of the system, added up over a time.</summary>
internal sealed class CounterMeter
{
    private readonly List<CounterSession> _sessions = [];

    private CounterMeter()
    {
    }

    /// <summary>Begins to count.</summary>
    public static async Task<CounterMeter> StartAsync(
        IReadOnlyList<WatchedProcess> processes, string meter, CancellationToken stopping)
    {
        var counters = new CounterMeter();
        foreach (int pid in processes.SelectMany(process => process.Pids))
        {
            if (await CounterSession.StartAsync(pid, meter, stopping) is { } session)
            {
                counters._sessions.Add(session);
            }
        }

        return counters;
    }

    /// <summary>Ends it; sums by name and tags. Empty if no process could be asked.</summary>
    public async Task<IReadOnlyDictionary<string, double>> StopAsync(TimeProvider time, CancellationToken stopping)
    {
        var sums = new Dictionary<string, double>();
        if (_sessions.Count > 0)
        {
            await Task.Delay(CounterSession.Settling, time, stopping);
        }

        foreach (CounterSession session in _sessions)
        {
            foreach ((string name, double value) in await session.StopAsync(stopping))
            {
                sums[name] = sums.GetValueOrDefault(name) + value;
            }
        }

        return sums;
    }
}
