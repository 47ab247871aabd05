namespace Realtime.Loadtests.Terminals;

/// <summary>
/// Sends acknowledgements that no message brings about: a viewer may acknowledge once in 50 ms, and what came meanwhile
/// is to be told when they are over. One loop for all viewers.
/// </summary>
internal sealed class LateAcknowledgements : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly Task _running;
    private volatile IReadOnlyList<TerminalViewer> _viewers = [];

    /// <summary>Begins.</summary>
    public LateAcknowledgements(TimeProvider time)
    {
        _time = time;
        _running = RunAsync(_stopping.Token);
    }

    /// <summary>Looks after these from now on.</summary>
    public void Watch(IReadOnlyList<TerminalViewer> viewers) => _viewers = viewers;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(Every, _time);
            while (await timer.WaitForNextTickAsync(stopping))
            {
                foreach (TerminalViewer viewer in _viewers)
                {
                    await AcknowledgeAsync(viewer);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to end.
        }
    }

    private static async ValueTask AcknowledgeAsync(TerminalViewer viewer)
    {
        try
        {
            await viewer.AcknowledgeAsync();
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Its read loop tells what happened.
        }
    }
}
