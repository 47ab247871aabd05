namespace Realtime.Client;

/// <summary>
/// Something that the server tells and that needs no action, such as that its log is away for now; or what keeps the
/// connection's token from being renewed.
/// </summary>
/// <param name="Code">A code of the protocol, or of <see cref="ClientErrorCodes"/>.</param>
/// <param name="Detail">For people.</param>
/// <param name="Retry">Whether it passes by itself.</param>
/// <param name="SubscriptionId">The subscription that it is about, if it is about one.</param>
public sealed record ServerNotice(string Code, string Detail, bool Retry, string? SubscriptionId);
