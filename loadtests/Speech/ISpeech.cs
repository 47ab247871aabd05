using Realtime.Loadtests.Audiences;

namespace Realtime.Loadtests.Speech;

/// <summary>
/// What a viewer says to see events, and what it answers meanwhile. Events themselves are found by their stamps,
/// whatever they are wrapped in. One for all viewers; it knows nothing of them.
/// </summary>
internal interface ISpeech
{
    /// <summary>Path and query of a viewer.</summary>
    string PathOf(EventPlan plan, int viewer);

    /// <summary>What it says once the socket is open; null: nothing.</summary>
    string? FirstWord(EventPlan plan, int viewer);

    /// <summary>What it answers to a message, before and after it watches; null: nothing. Cheap for events.</summary>
    string? AnswerTo(ReadOnlySpan<byte> message, EventPlan plan, int viewer);

    /// <summary>Whether the message says that the viewer watches.</summary>
    bool SaysSubscribed(ReadOnlySpan<byte> message);
}
