using System.Collections.Concurrent;
using Realtime.Client.Connections;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>
/// Holds requests back while the slowest live reader of what they write is far behind: after <c>pause</c> nothing goes
/// out but one request after a wait, longer and longer, which asks by its answer whether that is over; all others wait
/// for it. By what is written: a terminal that is behind holds up no other.
/// </summary>
internal sealed class PressureGate(RealtimeClientOptions options)
{
    /// <summary>What all events go through; terminals have the name of their task, which is never empty.</summary>
    public const string Events = "";

    private readonly ConcurrentDictionary<string, Pause> _paused = new(StringComparer.Ordinal);

    /// <summary>Waits if the last answer asked for it.</summary>
    /// <returns>To be disposed when the answer was told, or there is none.</returns>
    public async Task<Pass> PassAsync(string what, CancellationToken cancellationToken)
    {
        while (_paused.TryGetValue(what, out Pause? pause))
        {
            await pause.Turn.WaitAsync(cancellationToken);
            bool isOurs = false;
            try
            {
                // Else it was over while others asked; or it is another one by now.
                isOurs = _paused.TryGetValue(what, out Pause? now) && now == pause;
                if (isOurs)
                {
                    await Task.Delay(pause.Backoff.NextOfPressure(), options.TimeProvider, cancellationToken);
                    return new Pass(pause.Turn);
                }
            }
            catch
            {
                isOurs = false;
                throw;
            }
            finally
            {
                if (!isOurs)
                {
                    pause.Turn.Release();
                }
            }
        }

        return default;
    }

    /// <summary>What an answer said.</summary>
    public void Told(string what, string? state)
    {
        if (state == "pause")
        {
            _paused.GetOrAdd(what, _ => new Pause(Backoff.OfPublishing(options)));
        }
        else if (state is not null)
        {
            _paused.TryRemove(what, out _);
        }
    }

    /// <summary>A refusal: at the limit it is pressure too.</summary>
    public void Told(string what, RealtimeException? error) =>
        Told(what, error?.Code == ErrorCodes.Pressure ? "pause" : null);

    /// <summary>Leave to send one request.</summary>
    public readonly struct Pass(SemaphoreSlim? turn) : IDisposable
    {
        /// <summary>It was answered, or failed: the next one may ask.</summary>
        public void Dispose() => turn?.Release();
    }

    // Never disposed: its semaphore has no handle, and somebody may still wait for it.
    private sealed record Pause(Backoff Backoff)
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
    }
}
