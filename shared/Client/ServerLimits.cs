namespace Realtime.Client;

/// <summary>Limits of a connection, as the server's last <c>welcome</c> told them.</summary>
/// <param name="MessageBytes">Largest message that the server reads, bytes.</param>
/// <param name="Subscriptions">Most subscriptions of one connection.</param>
/// <param name="TerminalWindowBytes">Unacknowledged bytes of one terminal, at most.</param>
public sealed record ServerLimits(int MessageBytes, int Subscriptions, int TerminalWindowBytes);
