using Realtime.Hosting.Identity;

namespace Realtime.Workers.Connections;

/// <summary>
/// Whose a connection is: the identity of its token, replaced by that of each fresh one, until it is over. What ends it
/// and what renews it exclude each other: a connection that was ended is never renewed.
/// </summary>
internal sealed class HeldIdentity(Identity first)
{
    private readonly Lock _gate = new();
    private Identity _current = first;
    private bool _isWarned;
    private bool _isOver;

    /// <summary>The latest. May be read by anyone.</summary>
    public Identity Current => Volatile.Read(ref _current);

    /// <summary>Goes on with a fresh one; false if it is over.</summary>
    public bool TryRenew(Identity fresh)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return false;
            }

            _isWarned = false;
            Volatile.Write(ref _current, fresh);
            return true;
        }
    }

    /// <summary>Whether it has expired by <paramref name="now"/>; then it is over. True once.</summary>
    public bool TryExpire(DateTimeOffset now) => now >= Current.ExpiresAt && TryEnd(held => now >= held.ExpiresAt);

    /// <summary>Whether it expires by <paramref name="time"/>, and nobody was warned of this one. True once.</summary>
    public bool TryWarn(DateTimeOffset time, out DateTimeOffset expiresAt)
    {
        lock (_gate)
        {
            expiresAt = _current.ExpiresAt;
            bool isToWarn = time >= expiresAt && !_isWarned && !_isOver;
            _isWarned |= isToWarn;
            return isToWarn;
        }
    }

    /// <summary>Whether it is one of those that end now. True once.</summary>
    public bool TryEnd(Func<Identity, bool> isToEnd)
    {
        lock (_gate)
        {
            if (_isOver || !isToEnd(_current))
            {
                return false;
            }

            return _isOver = true;
        }
    }
}
