using System.Threading.Channels;

namespace Realtime.Cli.Uploads;

/// <summary>Wakes one waiter; what happens before it waits is not missed.</summary>
internal sealed class Wake
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something has changed.</summary>
    public void Set() => _channel.Writer.TryWrite(true);

    /// <summary>Waits until something has.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) =>
        await _channel.Reader.ReadAsync(cancellationToken);
}
