using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Audiences;

/// <summary>A viewer of all agents that waits after each event that it reads, until it is told to hurry.</summary>
internal sealed class SlowViewer : IAsyncDisposable
{
    // As little as the kernel allows, so that what waits waits in the system under load.
    private const int SocketBytes = 4096;
    private const int ReadBytes = 1024;

    private readonly EventPlan _plan;
    private readonly TimeSpan _pause;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _hurry = new();
    private long _waited;
    private ViewerConnection? _connection;
    private Task<string?> _reading = Task.FromResult<string?>(null);

    /// <summary>Makes one.</summary>
    /// <param name="plan">Who publishes; it watches all of them.</param>
    /// <param name="deliver">Counts what it reads.</param>
    /// <param name="pause">How long it waits after each event.</param>
    /// <param name="time">The clock.</param>
    public SlowViewer(EventPlan plan, Step deliver, TimeSpan pause, TimeProvider time)
    {
        _plan = plan with { AgentsEach = plan.Agents };
        _pause = pause;
        _time = time;
        Seen = new EventViewer(_plan, 0, deliver);
    }

    /// <summary>What it saw.</summary>
    public EventViewer Seen { get; }

    /// <summary>What ended it, once it is closed; null if nobody did.</summary>
    public string? End { get; private set; }

    /// <summary>Connects, and begins to read slowly.</summary>
    /// <exception cref="ViewerException">Refused, or cut off.</exception>
    public async Task OpenAsync(Target target, int number, CancellationToken stopping)
    {
        _connection = await ViewerConnection.OpenAsync(
            target,
            new ViewerOpening(_plan.PathOf(0), target.ViewerTokens.TokenOf(number))
            {
                Edge = target.EdgeOf(number),
                BufferBytes = ReadBytes,
                SocketBytes = SocketBytes,
            },
            stopping);
        _reading = _connection.RunAsync(Seen.OnMessage, WaitAsync);
    }

    /// <summary>Reads as fast as it can from now on.</summary>
    public Task HurryAsync() => _hurry.CancelAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            connection.Stop();
            await _hurry.CancelAsync();
            End = await _reading;
            await connection.DisposeAsync();
        }

        _hurry.Dispose();
    }

    // A message may hold hundreds of events: what it missed comes so.
    private async ValueTask WaitAsync()
    {
        TimeSpan pause = _pause * (Seen.Accepted - _waited);
        _waited = Seen.Accepted;
        if (!_hurry.IsCancellationRequested && pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, _time, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
