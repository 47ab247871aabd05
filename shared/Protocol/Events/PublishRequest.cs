using Realtime.Protocol.Messages;

namespace Realtime.Protocol.Events;

/// <summary>A request to publish, as far as it was understood: either all events, or all errors.</summary>
public sealed record PublishRequest
{
    /// <summary>The events, in the order given; empty if there are errors.</summary>
    public IReadOnlyList<PublishEvent> Events { get; init; } = [];

    /// <summary>What is wrong, in the order of the body; at most <see cref="PublishLimits.ErrorsMax"/>.</summary>
    public IReadOnlyList<PublishError> Errors { get; init; } = [];

    /// <summary>Whether the body was an array; else it was one event, and places begin at its fields.</summary>
    public bool IsArray { get; init; }

    /// <summary>Which kind of answer this asks for.</summary>
    public PublishOutcome Outcome => Errors.Count == 0
        ? PublishOutcome.Read
        : Errors.Any(e => e.Code == ErrorCodes.BadRequest) ? PublishOutcome.Invalid : PublishOutcome.TooLarge;
}
