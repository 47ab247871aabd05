namespace Realtime.Protocol;

/// <summary>One thing that is wrong with what a client asked for.</summary>
/// <param name="Field">The field or query parameter, such as <c>agents</c>.</param>
/// <param name="Code">A code of <c>ErrorCodes</c>.</param>
/// <param name="Detail">What is wrong, and the rule; without the client's own text.</param>
public readonly record struct FieldError(string Field, string Code, string Detail);
