using System.Globalization;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Terminals;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.TerminalStalled;

/// <summary>A viewer that subscribes and then reads nothing of its socket, until it goes on; connects again if it was
/// cut.</summary>
internal sealed class StalledViewer : IAsyncDisposable
{
    private const int ConnectsMax = 5;
    private const int BufferBytes = 16 * 1024;

    private readonly ScenarioContext _context;
    private readonly string _task;
    private readonly TerminalViewer _viewer;
    private readonly LateAcknowledgements _late;
    private ViewerConnection? _connection;

    private StalledViewer(ScenarioContext context, string task, ContentCheck check, long start)
    {
        _context = context;
        _task = task;
        _viewer = new TerminalViewer(context.Load.Terminal!.Format, check, start);
        _late = new LateAcknowledgements(context.Time);
    }

    /// <summary>What it got in the end.</summary>
    public TerminalViewer Viewer => _viewer;

    /// <summary>How often it had to connect again.</summary>
    public int Reconnects { get; private set; }

    /// <summary>Subscribes from an offset on, and stalls.</summary>
    public static async Task<StalledViewer> OpenAsync(
        ScenarioContext context, string task, ContentCheck check, long start, CancellationToken stopping)
    {
        var stalled = new StalledViewer(context, task, check, start);
        stalled._connection = await stalled.ConnectAsync(
            start.ToString(CultureInfo.InvariantCulture), stopping);
        return stalled;
    }

    /// <summary>Reads on until it has all up to an offset, or for as long as it may.</summary>
    public async Task GoOnAsync(long end, TimeSpan patience, CancellationToken stopping)
    {
        long started = _context.Time.GetTimestamp();
        while (_viewer.Offsets.Next < end && Reconnects < ConnectsMax
            && _context.Time.GetElapsedTime(started) < patience)
        {
            if (_connection is null)
            {
                Reconnects++;
                string from = string.Create(CultureInfo.InvariantCulture, $"{_viewer.Offsets.Next}.{_viewer.Epoch}");
                _connection = await ConnectAsync(from.TrimEnd('.'), stopping);
            }

            Task<string?> reading = _viewer.RunAsync(_connection);
            _late.Watch([_viewer]);
            while (!reading.IsCompleted && _viewer.Offsets.Next < end
                && _context.Time.GetElapsedTime(started) < patience)
            {
                await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(20), _context.Time, stopping));
                stopping.ThrowIfCancellationRequested();
            }

            _late.Watch([]);
            _connection.Stop();
            await reading;
            await _connection.DisposeAsync();
            _connection = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _late.DisposeAsync();
        _connection?.Stop();
        await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private Task<ViewerConnection> ConnectAsync(string from, CancellationToken stopping)
    {
        TerminalFormat format = _context.Load.Terminal!.Format;
        Target target = _context.Target;
        return ViewerConnection.OpenAsync(
            target,
            new ViewerOpening(TerminalFormats.PathOf(format, _task, from), target.ViewerTokens.TokenOf(0))
            {
                Subprotocol = TerminalFormats.SubprotocolOf(format),
                BufferBytes = BufferBytes,
                SubscribesLater = true,
            },
            stopping);
    }
}
