using Realtime.Loadtests.Audiences;

namespace Realtime.Loadtests.Speech;

/// <summary>
/// NATS over WebSocket: the lines of its protocol in binary frames. The viewer subscribes to a subject for each of its
/// agents:
/// <code>
///   INFO {…}         ->  CONNECT {…}, SUB a1 0, PING
///   PONG             it watches
///   MSG a1 0 200     an event, on the next line
///   PING             ->  PONG
/// </code>
/// </summary>
internal sealed class NatsSpeech : ISpeech
{
    /// <inheritdoc/>
    public string PathOf(EventPlan plan, int viewer) => "/";

    /// <inheritdoc/>
    public string? FirstWord(EventPlan plan, int viewer) => null;

    /// <inheritdoc/>
    public string? AnswerTo(ReadOnlySpan<byte> message, EventPlan plan, int viewer)
    {
        if (message.StartsWith("INFO "u8))
        {
            string subjects = string.Concat(plan.AgentsOf(viewer).Select((agent, i) => $"SUB {agent} {i}\r\n"));
            return $$"""CONNECT {"verbose":false,"pedantic":false,"echo":true}{{"\r\n"}}{{subjects}}PING{{"\r\n"}}""";
        }

        return message.StartsWith("PING\r\n"u8) ? "PONG\r\n" : null;
    }

    /// <inheritdoc/>
    public bool SaysSubscribed(ReadOnlySpan<byte> message) => message.IndexOf("PONG\r\n"u8) >= 0;
}
