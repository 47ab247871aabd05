using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Client;

/// <summary>An event. Immutable; one instance serves all subscriptions that it belongs to.</summary>
public sealed record AgentEvent
{
    /// <summary>Its place in the log. As a cursor: everything up to and including this.</summary>
    public required EventPosition Id { get; init; }

    /// <summary>Its class.</summary>
    public required Channel Channel { get; init; }

    /// <summary>Its own type, such as <c>agent.status</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The agent that it is about, if any.</summary>
    public string? Agent { get; init; }

    /// <summary>The task that it is about, if any.</summary>
    public string? Task { get; init; }

    /// <summary>The project that it is about, if any.</summary>
    public string? Project { get; init; }

    /// <summary>The state key whose latest value it is, if any.</summary>
    public string? StateKey { get; init; }

    /// <summary>The producer's clock, or the time of the append if it gave none. Milliseconds since 1970.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>When the server encoded it. Milliseconds since 1970, by the worker's clock.</summary>
    public required long SentMs { get; init; }

    /// <summary>When it was stored. Milliseconds since 1970, by the log's clock.</summary>
    public long AppendedMs => Id.Entry.Ms;

    /// <summary>What it says: any JSON; <c>null</c> with a state key deletes the value.</summary>
    public required JsonElement Payload { get; init; }

    /// <summary>The payload as a type of yours.</summary>
    /// <param name="typeInfo">How it is read, from a source-generated context.</param>
    /// <exception cref="JsonException">It is not of that shape.</exception>
    public T? GetPayload<T>(JsonTypeInfo<T> typeInfo) => Payload.Deserialize(typeInfo);

    /// <summary>The payload as a type of yours, read by reflection.</summary>
    /// <param name="options">How it is read.</param>
    /// <exception cref="JsonException">It is not of that shape.</exception>
    [RequiresUnreferencedCode("Give a JsonTypeInfo where code is trimmed.")]
    [RequiresDynamicCode("Give a JsonTypeInfo where code is compiled ahead of time.")]
    public T? GetPayload<T>(JsonSerializerOptions? options = null) => Payload.Deserialize<T>(options);
}
