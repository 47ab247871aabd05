using System.Buffers;

namespace Realtime.Edge.Auth;

/// <summary>
/// The form of a ticket: <c>tk_</c> and 32 random bytes as base64url. No worker is asked about what has another.
/// </summary>
internal static class TicketForm
{
    private const string Prefix = "tk_";
    private const int Length = 46;

    private static readonly SearchValues<char> Base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool IsRight(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Base64Url);
}
