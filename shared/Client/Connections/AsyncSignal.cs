using System.Threading.Channels;

namespace Realtime.Client.Connections;

/// <summary>An event that resets itself: setting it twice before someone waits is setting it once.</summary>
internal sealed class AsyncSignal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _set.Writer.TryWrite(true);

    /// <summary>Waits until it is set, and resets it. One waits at a time.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) =>
        await _set.Reader.ReadAsync(cancellationToken);
}
