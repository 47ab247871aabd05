using Realtime.Loadtests.Audiences;

namespace Realtime.Loadtests.Speech;

/// <summary>The product's protocol, in JSON: the query subscribes, pings are those of WebSocket.</summary>
internal sealed class RealtimeSpeech : ISpeech
{
    /// <inheritdoc/>
    public string PathOf(EventPlan plan, int viewer) => plan.PathOf(viewer);

    /// <inheritdoc/>
    public string? FirstWord(EventPlan plan, int viewer) => null;

    /// <inheritdoc/>
    public string? AnswerTo(ReadOnlySpan<byte> message, EventPlan plan, int viewer) => null;

    /// <inheritdoc/>
    public bool SaysSubscribed(ReadOnlySpan<byte> message) => message.IndexOf("\"op\":\"subscribed\""u8) >= 0;
}
