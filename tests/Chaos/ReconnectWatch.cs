using System.Globalization;
using Realtime.Client;

namespace Realtime.Tests.Chaos;

/// <summary>Watches the connections of all clients: how each ended, how fast they ended, how soon each client had one
/// again that delivers.</summary>
internal sealed class ReconnectWatch
{
    private const int Broken = 1006;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _waiting = [];
    private readonly List<TimeSpan> _recoveries = [];
    private readonly List<(string Client, ConnectionState State, long At)> _leaves = [];
    private readonly Dictionary<string, int> _reasons = [];
    private long? _killedAt;
    private int _fastest;

    /// <summary>From the kill of a worker until a client's next connection delivered, one for each client
    /// concerned.</summary>
    public IReadOnlyList<TimeSpan> Recoveries
    {
        get
        {
            lock (_gate)
            {
                return [.. _recoveries.Order()];
            }
        }
    }

    /// <summary>Connections that ended, by reason and close code.</summary>
    public string Reasons
    {
        get
        {
            lock (_gate)
            {
                return string.Join(", ", _reasons.OrderByDescending(one => one.Value)
                    .Select(one => $"{one.Value} {one.Key}"));
            }
        }
    }

    /// <summary>The most connections of a drained worker that ended within one second.</summary>
    public int FastestLeaving => _fastest;

    /// <summary>Of recoveries, sorted: the one that so many are not above.</summary>
    public static TimeSpan Percentile(IReadOnlyList<TimeSpan> sorted, double share) =>
        sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    /// <summary>A worker is about to be killed.</summary>
    public void BeginKill()
    {
        lock (_gate)
        {
            _killedAt = TimeProvider.System.GetTimestamp();
        }
    }

    /// <summary>Whoever loses its connection from now on does so for another reason.</summary>
    public void EndKill()
    {
        lock (_gate)
        {
            _killedAt = null;
        }
    }

    /// <summary>A part is about to leave as it should.</summary>
    public void BeginLeave()
    {
        lock (_gate)
        {
            _leaves.Clear();
        }
    }

    /// <summary>What clients saw since <see cref="BeginLeave"/> that they should not.</summary>
    public IReadOnlyList<string> EndLeave()
    {
        lock (_gate)
        {
            return [.. _leaves.Where(leave => leave.State.CloseCode == Broken)
                .Select(leave => $"{leave.Client} saw {leave.State}").Take(5)];
        }
    }

    /// <summary>Where more connections ended since <see cref="BeginLeave"/> than a pace allows.</summary>
    /// <param name="pace">Connections a second. Half as much again is granted, over two seconds: what was paced may
    /// arrive in heaps.</param>
    public IEnumerable<string> LeavesFasterThan(int pace)
    {
        lock (_gate)
        {
            _fastest = Math.Max(_fastest, MostWithin(TimeSpan.FromSeconds(1)));
            int most = MostWithin(TimeSpan.FromSeconds(2));
            return most > 3 * pace ? [$"{most} connections ended within 2 s"] : [];
        }
    }

    /// <summary>A client's connection ended.</summary>
    public void Left(string client, ConnectionState state)
    {
        lock (_gate)
        {
            long now = TimeProvider.System.GetTimestamp();
            _leaves.Add((client, state, now));
            string reason = string.Create(CultureInfo.InvariantCulture, $"{state.Reason} {state.CloseCode}");
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            if (_killedAt is { } killed && state.CloseCode == Broken)
            {
                _waiting.TryAdd(client, killed);
            }
        }
    }

    /// <summary>A client is delivered to again.</summary>
    public void Back(string client)
    {
        lock (_gate)
        {
            if (_waiting.Remove(client, out long killed))
            {
                _recoveries.Add(TimeProvider.System.GetElapsedTime(killed));
            }
        }
    }

    private int MostWithin(TimeSpan window)
    {
        long[] times = [.. _leaves.Select(leave => leave.At).Order()];
        int most = 0;
        for (int from = 0, to = 0; to < times.Length; to++)
        {
            while (TimeProvider.System.GetElapsedTime(times[from], times[to]) > window)
            {
                from++;
            }

            most = Math.Max(most, to - from + 1);
        }

        return most;
    }
}
