namespace Realtime.Workers.Stamp;

/// <summary>
/// The orders that were taken, for as long as their stamps would be believed: none is taken twice. Bounded; when it is
/// full nothing more is taken, rather than something forgotten that could come again.
/// </summary>
internal sealed class SeenOrders(TimeSpan lifetime, TimeProvider clock)
{
    /// <summary>
    /// 100 a second over 40 s: far above what operators order, and about 1 MB if somebody tries.
    /// </summary>
    public const int CountMax = 4_096;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _macs = new(StringComparer.Ordinal);
    private readonly Queue<(string Mac, long Timestamp)> _inOrder = new();

    /// <summary>Remembers one. False if it is known; null if there is no place for it.</summary>
    public bool? TryAdd(string mac)
    {
        lock (_gate)
        {
            while (_inOrder.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.Timestamp) > lifetime)
            {
                _macs.Remove(_inOrder.Dequeue().Mac);
            }

            if (_macs.Contains(mac))
            {
                return false;
            }

            if (_macs.Count == CountMax)
            {
                return null;
            }

            _macs.Add(mac);
            _inOrder.Enqueue((mac, clock.GetTimestamp()));
            return true;
        }
    }
}
