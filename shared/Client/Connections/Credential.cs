namespace Realtime.Client.Connections;

/// <summary>What opens one connection: a token, or a ticket, which is used up by that.</summary>
internal readonly record struct Credential(string Text, bool IsTicket)
{
    /// <summary>Never the text.</summary>
    public override string ToString() => IsTicket ? "a ticket" : "a token";
}
