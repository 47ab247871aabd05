using Realtime.Loadtests.Audiences;

namespace Realtime.Loadtests.Speech;

/// <summary>
/// SignalR's JSON protocol, text frames whose records end with 0x1e, without negotiation. The viewer joins a group for
/// each of its agents by an invocation:
/// <code>
///   {"protocol":"json","version":1}    ->  {}
///   {"type":1,"invocationId":"1","target":"Watch",…}  ->  {"type":3,"invocationId":"1",…}: it watches
///   {"type":1,"target":"event",…}      an event
///   {"type":6}                         ping, answered by the same
/// </code>
/// </summary>
internal sealed class SignalRSpeech : ISpeech
{
    private const char End = '\x1e';
    private const int PingBytesMax = 16;

    /// <inheritdoc/>
    public string PathOf(EventPlan plan, int viewer) => "/hub";

    /// <inheritdoc/>
    public string? FirstWord(EventPlan plan, int viewer) => $$"""{"protocol":"json","version":1}{{End}}""";

    /// <inheritdoc/>
    public string? AnswerTo(ReadOnlySpan<byte> message, EventPlan plan, int viewer)
    {
        if (message.Length > PingBytesMax)
        {
            return null;
        }

        string agents = string.Join(',', plan.AgentsOf(viewer).Select(agent => $"\"{agent}\""));
        return message.StartsWith("{}"u8)
            ? $$"""{"type":1,"invocationId":"1","target":"Watch","arguments":[[{{agents}}]]}{{End}}"""
            : message.StartsWith("{\"type\":6}"u8) ? $$"""{"type":6}{{End}}"""
            : null;
    }

    /// <inheritdoc/>
    public bool SaysSubscribed(ReadOnlySpan<byte> message) =>
        message.IndexOf("\"type\":3,"u8) >= 0 && message.IndexOf("\"error\""u8) < 0;
}
