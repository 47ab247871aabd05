using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Terminals;

/// <summary>Viewers with their connections, read until they are closed.</summary>
internal sealed class TerminalAudience : IAsyncDisposable
{
    private readonly LateAcknowledgements _late;
    private ViewerConnection[] _connections = [];
    private Task<string?>[] _reading = [];

    /// <summary>Makes one.</summary>
    public TerminalAudience(IReadOnlyList<TerminalViewer> viewers, TimeProvider time)
    {
        Viewers = viewers;
        _late = new LateAcknowledgements(time);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<TerminalViewer> Viewers { get; }

    /// <summary>What ended those that were cut off; after <see cref="CloseAsync"/>.</summary>
    public IReadOnlyList<string> Ends { get; private set; } = [];

    /// <summary>Begins to read; a connection for each viewer, with its subscription.</summary>
    public void Begin(ViewerConnection[] connections)
    {
        _connections = connections;
        _reading = [.. connections.Select((connection, i) => Viewers[i].RunAsync(connection))];
        _late.Watch(Viewers);
    }

    /// <summary>Begins to read; a connection for each screen.</summary>
    public void Begin(ViewerConnection[] connections, IReadOnlyList<TerminalScreen> screens)
    {
        _connections = connections;
        _reading = [.. connections.Select((connection, i) => screens[i].RunAsync(connection))];
        _late.Watch(Viewers);
    }

    /// <summary>Ends all; what was counted is final.</summary>
    public async Task CloseAsync()
    {
        ViewerConnection[] connections = Interlocked.Exchange(ref _connections, []);
        foreach (ViewerConnection connection in connections)
        {
            connection.Stop();
        }

        if (connections.Length > 0)
        {
            Ends = [.. (await Task.WhenAll(_reading)).OfType<string>()];
        }

        _late.Watch([]);
        foreach (ViewerConnection connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _late.DisposeAsync();
    }
}
