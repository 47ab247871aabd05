using Realtime.Loadtests.Audiences;

namespace Realtime.Loadtests.Speech;

/// <summary>
/// Socket.IO 4 on Engine.IO 4, text frames. The viewer joins a room for each of its agents by an event that is
/// acknowledged:
/// <code>
///   0{"sid":…}                 open           ->  40
///   40{"sid":…}                connected      ->  420["watch",["a1"]]
///   430[]                      acknowledged: it watches
///   42["event",{…}]            an event
///   2                          ping           ->  3
/// </code>
/// </summary>
internal sealed class SocketIoSpeech : ISpeech
{
    private const int PingBytes = 1;

    /// <inheritdoc/>
    public string PathOf(EventPlan plan, int viewer) => "/socket.io/?EIO=4&transport=websocket";

    /// <inheritdoc/>
    public string? FirstWord(EventPlan plan, int viewer) => null;

    /// <inheritdoc/>
    public string? AnswerTo(ReadOnlySpan<byte> message, EventPlan plan, int viewer) => message switch
    {
        [(byte)'2'] when message.Length == PingBytes => "3",
        [(byte)'0', ..] => "40",
        [(byte)'4', (byte)'0', ..] => $"420[\"watch\",[{string.Join(',', plan.AgentsOf(viewer).Select(Quoted))}]]",
        _ => null,
    };

    /// <inheritdoc/>
    public bool SaysSubscribed(ReadOnlySpan<byte> message) => message.StartsWith("430["u8);

    private static string Quoted(string agent) => $"\"{agent}\"";
}
