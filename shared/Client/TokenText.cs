using System.Buffers;

namespace Realtime.Client;

/// <summary>
/// What a token may be made of. It goes into header lines and the list of subprotocols, where nothing else may stand:
/// the common part of RFC 6750's <c>b64token</c> and RFC 9110's <c>token</c>, so neither <c>/</c> nor <c>=</c>.
/// </summary>
internal static class TokenText
{
    public const string Rule = "letters, digits and - . _ ~ + are allowed";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+");

    public static bool IsValid(string? token) =>
        !string.IsNullOrEmpty(token) && !token.AsSpan().ContainsAnyExcept(Allowed);
}
