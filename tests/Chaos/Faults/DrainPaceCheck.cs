namespace Realtime.Tests.Chaos.Faults;

/// <summary>
/// Whether a drain kept its pace, by the server's own figures: how many it had told to leave, looked at again and
/// again, and when the connections were opened that are open behind it.
/// </summary>
internal sealed class DrainPaceCheck(int pace)
{
    // A timer of the worker that comes late is made good for (DrainPace), and the first one goes at once.
    private static readonly TimeSpan LateMax = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Whoever is told waits for a random time of up to 1 s (connection_plane.connections.reconnect_delay_max).
    private static readonly TimeSpan JitterMax = TimeSpan.FromSeconds(1);

    private readonly List<(long AskedAt, long AnsweredAt, int Told)> _told = [];

    /// <summary>How many were told to leave within any second, at most: as seen by looks within one second.</summary>
    public int FastestLeaving => MostWithin(_told);

    /// <summary>How many had been told, some time between two times.</summary>
    public void Looked(long askedAt, long answeredAt, int told) => _told.Add((askedAt, answeredAt, told));

    /// <summary>Where more were told than the pace allows, whatever two looks are taken.</summary>
    public IEnumerable<string> TooFast()
    {
        for (int i = 0; i < _told.Count; i++)
        {
            for (int j = i + 1; j < _told.Count; j++)
            {
                // The longest time that can lie between the two.
                TimeSpan within = TimeProvider.System.GetElapsedTime(_told[i].AskedAt, _told[j].AnsweredAt);
                int told = _told[j].Told - _told[i].Told;
                if (told > pace * (within + LateMax).TotalSeconds + 1)
                {
                    yield return $"{told} were told to leave within {within.TotalSeconds:0.00} s at a pace of {pace}";
                    yield break;
                }
            }
        }
    }

    /// <summary>The most connections that were opened within a second.</summary>
    /// <param name="openedAtMs">When each was opened, by the workers' clocks.</param>
    public static int FastestReturn(IEnumerable<long> openedAtMs)
    {
        long[] times = [.. openedAtMs.Order()];
        int most = 0;
        for (int from = 0, to = 0; to < times.Length; to++)
        {
            while (times[to] - times[from] >= Second.TotalMilliseconds)
            {
                from++;
            }

            most = Math.Max(most, to - from + 1);
        }

        return most;
    }

    /// <summary>How many may be opened within a second: those told in it, and those told in the time before it that the
    /// jitter can keep; and whoever came by itself.</summary>
    public int ReturnMax(int arrivals) => (int)(pace * (Second + JitterMax + LateMax).TotalSeconds) + 1 + arrivals;

    private static int MostWithin(List<(long AskedAt, long AnsweredAt, int Told)> looks)
    {
        int most = 0;
        for (int i = 0; i < looks.Count; i++)
        {
            for (int j = i + 1;
                j < looks.Count
                    && TimeProvider.System.GetElapsedTime(looks[i].AskedAt, looks[j].AnsweredAt) <= Second;
                j++)
            {
                most = Math.Max(most, looks[j].Told - looks[i].Told);
            }
        }

        return most;
    }
}
