using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Workers.Tickets;

/// <summary>A ticket's text: <c>tk_</c> and 32 random bytes as base64url. Only its hash is ever kept.</summary>
internal static class Ticket
{
    private const string Prefix = "tk_";
    private const int RandomBytes = 32;
    private const int Length = 46;

    // The framework's own check lets white space through.
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static bool IsRight(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Characters);

    public static string HashOf(string ticket) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ticket)));
}
