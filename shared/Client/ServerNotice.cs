namespace Realtime.Client;

/// <summary>Something that the server tells and that needs no action, such as that its log is away for now.</summary>
/// <param name="Code">A code of the protocol.</param>
/// <param name="Detail">For people.</param>
/// <param name="Retry">Whether it passes by itself.</param>
/// <param name="SubscriptionId">The subscription that it is about, if it is about one.</param>
public sealed record ServerNotice(string Code, string Detail, bool Retry, string? SubscriptionId);
