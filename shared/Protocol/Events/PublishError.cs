namespace Realtime.Protocol.Events;

/// <summary>One thing that is wrong with a request to publish.</summary>
/// <param name="Where">The place: a JSON pointer (RFC 6901), such as <c>/3/channel</c>; empty for the whole
/// body.</param>
/// <param name="Code">A code of <c>ErrorCodes</c>: <c>bad_request</c>, <c>too_large</c> or <c>too_many</c>.</param>
/// <param name="Detail">What is wrong, and the rule; without the producer's own text.</param>
public readonly record struct PublishError(string Where, string Code, string Detail);
