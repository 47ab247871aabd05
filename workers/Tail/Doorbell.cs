namespace Realtime.Workers.Tail;

/// <summary>
/// Listens to a stream's doorbell as soon as that can be had. It is a hint: a tail never waits for it, and polls
/// without it. Owned by the tail's loop.
/// </summary>
internal sealed class Doorbell(Func<CancellationToken, Task<IAsyncDisposable>> listen) : IAsyncDisposable
{
    private Task<IAsyncDisposable>? _listening;

    /// <summary>Begins to listen, or tries again if the last try failed; does nothing else.</summary>
    public void Listen(CancellationToken stopping)
    {
        if (_listening is null or { IsCompleted: true, IsCompletedSuccessfully: false })
        {
            // Looked at, so that a failure is not reported as unobserved; the tail's reads say what is wrong.
            _ = _listening?.Exception;
            _listening = listen(stopping);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_listening is not null)
            {
                await (await _listening).DisposeAsync();
            }
        }
        catch (Exception)
        {
            // There was nothing to stop, or it could not be: it wakes nobody any more, and its tail must end all the
            // same.
        }
    }
}
