using System.Globalization;
using Realtime.Client;

namespace Realtime.Tests.Chaos;

/// <summary>Watches the connections of all clients: how each ended, how soon each client had one
/// again that delivers.</summary>
internal sealed class ReconnectWatch
{
    private const int Broken = 1006;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _waiting = [];
    private readonly List<TimeSpan> _recoveries = [];
    private readonly List<(string Client, ConnectionState State)> _leaves = [];
    private readonly Dictionary<string, int> _reasons = [];
    private long? _killedAt;
    private int _arrivals;

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

    /// <summary>Clients that came by themselves so far, for the first time or again.</summary>
    public int Arrivals => Volatile.Read(ref _arrivals);

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

    /// <summary>A client comes by itself.</summary>
    public void Came() => Interlocked.Increment(ref _arrivals);

    /// <summary>A client's connection ended.</summary>
    public void Left(string client, ConnectionState state)
    {
        lock (_gate)
        {
            _leaves.Add((client, state));
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
}
