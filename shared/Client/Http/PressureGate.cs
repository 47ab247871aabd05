using System.Collections.Concurrent;
using Realtime.Client.Connections;

namespace Realtime.Client.Http;

/// <summary>
/// Holds requests back while the slowest live viewer of what they write is far behind: after <c>pause</c> each waits,
/// longer and longer, until an answer says otherwise. By what is written: a terminal that is behind holds up no other.
/// </summary>
internal sealed class PressureGate(RealtimeClientOptions options)
{
    /// <summary>What all events go through; terminals have the name of their task, which is never empty.</summary>
    public const string Events = "";

    private readonly ConcurrentDictionary<string, Backoff> _paused = new(StringComparer.Ordinal);

    /// <summary>Waits if the last answer asked for it.</summary>
    public Task PassAsync(string what, CancellationToken cancellationToken) =>
        _paused.TryGetValue(what, out Backoff? backoff)
            ? Task.Delay(backoff.Next(), options.TimeProvider, cancellationToken)
            : Task.CompletedTask;

    /// <summary>What an answer said.</summary>
    public void Told(string what, string? state)
    {
        if (state == "pause")
        {
            _paused.GetOrAdd(what, _ => Backoff.OfPublishing(options));
        }
        else if (state is not null)
        {
            _paused.TryRemove(what, out _);
        }
    }
}
