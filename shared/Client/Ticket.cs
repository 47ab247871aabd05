namespace Realtime.Client;

/// <summary>Opens one connection, once, instead of a token.</summary>
/// <param name="Text">What is shown for it (<c>?ticket=</c>): a secret until it is used.</param>
/// <param name="ExpiresAt">Until when it may be used, by the server's clock.</param>
public sealed record Ticket(string Text, DateTimeOffset ExpiresAt)
{
    /// <summary>Never the text.</summary>
    public override string ToString() => $"Ticket {{ ExpiresAt = {ExpiresAt:O} }}";
}
