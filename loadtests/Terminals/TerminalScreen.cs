using System.Diagnostics;
using System.Globalization;
using System.Text;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Terminals;

/// <summary>Several terminals on one connection, as a page with a wall of them has: hands each message to whose it
/// is.</summary>
internal sealed class TerminalScreen
{
    private readonly TerminalFormat _format;
    private readonly IReadOnlyList<TerminalViewer> _viewers;
    private readonly ReceivedMessageHandler _take;
    private readonly byte[][] _names;
    private long _now;

    /// <summary>Makes one; the viewers' subscriptions are called as <see cref="NameOf"/> says.</summary>
    public TerminalScreen(TerminalFormat format, IReadOnlyList<TerminalViewer> viewers)
    {
        _format = format;
        _viewers = viewers;
        _take = Take;
        _names = [.. viewers.Select(viewer => Encoding.ASCII.GetBytes(viewer.Subscription))];
    }

    /// <summary>Name of the subscription at a place.</summary>
    public static string NameOf(int place) => string.Create(CultureInfo.InvariantCulture, $"t{place}");

    /// <summary>Reads until told to stop; null, or what ended it.</summary>
    public Task<string?> RunAsync(ViewerConnection connection)
    {
        foreach (TerminalViewer viewer in _viewers)
        {
            viewer.Attach(connection);
        }

        return connection.RunAsync(OnMessage, AcknowledgeAsync);
    }

    private void OnMessage(ReadOnlySpan<byte> frame)
    {
        _now = Stopwatch.GetTimestamp();
        bool isRead = _format == TerminalFormat.MessagePack
            ? MessagePackFrames.Read(frame, _take)
            : JsonFrames.Read(frame, _take);

        // Bytes on the wire are told for all together.
        _viewers[0].CountFrame(frame.Length, isRead);
    }

    private void Take(in ReceivedMessage message)
    {
        for (int place = 0; place < _names.Length; place++)
        {
            if (message.Id.SequenceEqual(_names[place]))
            {
                _viewers[place].Take(in message, _now);
                return;
            }
        }
    }

    private async ValueTask AcknowledgeAsync()
    {
        foreach (TerminalViewer viewer in _viewers)
        {
            await viewer.AcknowledgeAsync();
        }
    }
}
