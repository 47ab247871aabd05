using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.ThinLink;

/// <summary>
/// The viewer: takes the time of statuses, counts terminal bytes, and acknowledges them as the SDKs do, at most once in
/// 50 ms for each terminal.
/// </summary>
internal sealed class ThinLinkViewer(ViewerConnection connection, long run, Step deliver)
{
    private static readonly TimeSpan AcknowledgeEvery = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, Place> _terminals = [];

    /// <summary>Bytes of <c>terminal</c> messages on the wire, TLS not counted.</summary>
    public long TerminalWireBytes { get; private set; }

    /// <summary>Terminal bytes.</summary>
    public long TerminalBytes { get; private set; }

    /// <summary>Reads until told to stop; null, or what ended it.</summary>
    public Task<string?> RunAsync() => connection.RunAsync(OnMessage, AcknowledgeAsync);

    private sealed class Place
    {
        public long Offset { get; set; }

        public long Acknowledged { get; set; }

        public long At { get; set; }
    }

    private void OnMessage(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"op\":\"terminal\""u8) < 0)
        {
            long now = Stopwatch.GetTimestamp();
            while (Stamp.TryFindNext(ref message, out Stamp stamp))
            {
                if (stamp.Run == run)
                {
                    deliver.Ok(stamp.Due, now);
                }
            }

            return;
        }

        var reader = new Utf8JsonReader(message);
        JsonElement terminal = JsonElement.ParseValue(ref reader);
        int length = terminal.GetProperty("length").GetInt32();
        string id = terminal.GetProperty("id").GetString()!;
        if (!_terminals.TryGetValue(id, out Place? place))
        {
            _terminals.Add(id, place = new Place());
        }

        place.Offset = terminal.GetProperty("offset").GetInt64() + length;
        TerminalBytes += length;
        TerminalWireBytes += message.Length;
    }

    private async ValueTask AcknowledgeAsync()
    {
        long now = Stopwatch.GetTimestamp();
        foreach ((string id, Place place) in _terminals)
        {
            if (place.Offset > place.Acknowledged && Stopwatch.GetElapsedTime(place.At, now) >= AcknowledgeEvery)
            {
                (place.Acknowledged, place.At) = (place.Offset, now);
                await connection.SendTextAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{{\"op\":\"ack\",\"id\":\"{id}\",\"offset\":{place.Offset}}}"));
            }
        }
    }
}
