using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

/// <summary>One subscription of the C# SDK, read as a scenario asks for it.</summary>
internal interface IDotnetSubscription
{
    JsonArray Cursor { get; }

    JsonObject Buffered { get; }

    /// <summary>Begins to read: <c>auto</c>, <c>callbacks</c>, or <c>manual</c>, which reads only when told
    /// to.</summary>
    void Start(string consume);

    Task TakeAsync(int count);

    Task WhenActiveAsync();

    Task PauseAsync();

    Task ResumeAsync();

    Task UnsubscribeAsync();

    /// <summary>Waits until nothing is read any more.</summary>
    Task EndedAsync();
}
