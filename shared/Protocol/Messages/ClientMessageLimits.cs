namespace Realtime.Protocol.Messages;

/// <summary>Limits on what a client may put into its messages.</summary>
/// <param name="MessagesPerFrame">Messages in one array, default 64.</param>
/// <param name="PatternsPerFilter">Patterns in one list of a filter, default 64.</param>
/// <param name="Depth">Nesting of the JSON, default 8.</param>
public sealed record ClientMessageLimits(int MessagesPerFrame = 64, int PatternsPerFilter = 64, int Depth = 8);
