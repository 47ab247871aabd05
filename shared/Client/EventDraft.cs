using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Realtime.Protocol.Events;

namespace Realtime.Client;

/// <summary>An event to publish.</summary>
public sealed record EventDraft
{
    /// <summary>Its class.</summary>
    public required Channel Channel { get; init; }

    /// <summary>Its own type: a name, such as <c>agent.status</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The agent that it is about.</summary>
    public string? Agent { get; init; }

    /// <summary>The task that it is about.</summary>
    public string? Task { get; init; }

    /// <summary>The project that it is about.</summary>
    public string? Project { get; init; }

    /// <summary>Events of one group keep their order; null = by agent, else task, else channel.</summary>
    public string? Group { get; init; }

    /// <summary>This event is the latest value of that key; with a <c>null</c> payload it deletes the value.</summary>
    public string? StateKey { get; init; }

    /// <summary>
    /// Idempotency key, 1 to 128 characters from <c>!</c> to <c>~</c>: the same within 10 minutes is stored once. Null
    /// = a random one, so that retries store nothing twice.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>The producer's clock; null = the time of the append.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>What it says: any JSON. The default is <c>null</c>, which only an event with a state key may
    /// say.</summary>
    public JsonElement Payload { get; init; }

    /// <summary>The same event with another payload.</summary>
    /// <param name="value">What is to be written as JSON.</param>
    /// <param name="typeInfo">How, from a source-generated context.</param>
    public EventDraft WithPayload<T>(T value, JsonTypeInfo<T> typeInfo) =>
        this with { Payload = JsonSerializer.SerializeToElement(value, typeInfo) };

    /// <summary>The same event with another payload, written by reflection.</summary>
    /// <param name="value">What is to be written as JSON.</param>
    /// <param name="options">How.</param>
    [RequiresUnreferencedCode("Give a JsonTypeInfo where code is trimmed.")]
    [RequiresDynamicCode("Give a JsonTypeInfo where code is compiled ahead of time.")]
    public EventDraft WithPayload<T>(T value, JsonSerializerOptions? options = null) =>
        this with { Payload = JsonSerializer.SerializeToElement(value, options) };
}
