using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Realtime.Log.Memory;

/// <summary>
/// Who listens to which stream. Listeners are called on the appender's thread, after the append, outside all locks.
/// </summary>
internal sealed partial class Doorbells<TKey>(ILogger logger)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, ImmutableArray<Listener>> _listeners = new();

    public IAsyncDisposable Listen(TKey stream, Action rung)
    {
        Listener listener = new(this, stream, rung);
        _listeners.AddOrUpdate(
            stream, static (_, added) => [added], static (_, present, added) => present.Add(added), listener);
        return listener;
    }

    public bool HasListeners(TKey stream) => _listeners.ContainsKey(stream);

    public void Ring(TKey stream)
    {
        if (!_listeners.TryGetValue(stream, out ImmutableArray<Listener> listeners))
        {
            return;
        }

        foreach (Listener listener in listeners)
        {
            try
            {
                listener.Rung();
            }
            catch (Exception exception)
            {
                // What was appended stands: a broken listener must not make its producer believe otherwise.
                Log.ListenerFailed(logger, exception);
            }
        }
    }

    private void Remove(Listener listener)
    {
        // Compare and swap, so that a listener that comes at the same moment isn't lost with the empty list.
        while (_listeners.TryGetValue(listener.Stream, out ImmutableArray<Listener> present))
        {
            ImmutableArray<Listener> rest = present.Remove(listener);
            bool done = rest.IsEmpty
                ? _listeners.TryRemove(new(listener.Stream, present))
                : _listeners.TryUpdate(listener.Stream, rest, present);
            if (done)
            {
                return;
            }
        }
    }

    private sealed class Listener(Doorbells<TKey> owner, TKey stream, Action rung) : IAsyncDisposable
    {
        private Doorbells<TKey>? _owner = owner;

        public TKey Stream => stream;

        public Action Rung => rung;

        public ValueTask DisposeAsync()
        {
            Interlocked.Exchange(ref _owner, null)?.Remove(this);
            return ValueTask.CompletedTask;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A listener to a stream threw; it was rung and is kept.")]
        public static partial void ListenerFailed(ILogger logger, Exception exception);
    }
}
