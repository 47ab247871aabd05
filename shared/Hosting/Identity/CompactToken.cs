using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Realtime.Hosting.Identity;

/// <summary>
/// A token in parts, its form checked and nothing else: <c>header.claims.signature</c> (RFC 7515, compact form).
/// </summary>
internal sealed class CompactToken : IDisposable
{
    /// <summary>Longest <c>kid</c>, in characters.</summary>
    public const int KeyIdLengthMax = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private readonly JsonDocument _claims;

    private CompactToken(
        string algorithm, string? keyId, JsonDocument claims, byte[] signedBytes, byte[] signature)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        _claims = claims;
        SignedBytes = signedBytes;
        Signature = signature;
    }

    /// <summary>The header's <c>alg</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The header's <c>kid</c>, if it has one.</summary>
    public string? KeyId { get; }

    /// <summary>The claims, an object; valid until disposed.</summary>
    public JsonElement Claims => _claims.RootElement;

    /// <summary>What is signed: header and claims as they were sent.</summary>
    public byte[] SignedBytes { get; }

    /// <summary>The signature.</summary>
    public byte[] Signature { get; }

    /// <summary>Takes a token apart; null if it has another form.</summary>
    public static CompactToken? TryParse(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3 || TryDecode(parts[0]) is not byte[] header || TryDecode(parts[1]) is not byte[] claims
            || TryDecode(parts[2]) is not byte[] signature)
        {
            return null;
        }

        JsonDocument? parsed = null;
        try
        {
            using JsonDocument head = JsonDocument.Parse(header, Strict);
            parsed = JsonDocument.Parse(claims, Strict);

            // `crit` names extensions that must be understood (RFC 7515, 4.1.11); none is.
            if (parsed.RootElement.ValueKind == JsonValueKind.Object
                && head.RootElement.ValueKind == JsonValueKind.Object
                && !head.RootElement.TryGetProperty("crit", out _)
                && head.RootElement.TryGetProperty("alg", out JsonElement algorithm)
                && algorithm.ValueKind == JsonValueKind.String
                && TryGetKeyId(head.RootElement, out string? keyId))
            {
                byte[] signedBytes = Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]);
                var whole = new CompactToken(algorithm.GetString()!, keyId, parsed, signedBytes, signature);
                parsed = null;
                return whole;
            }

            return null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperation: a string with half of a surrogate pair.
        }
        finally
        {
            parsed?.Dispose();
        }
    }

    public void Dispose() => _claims.Dispose();

    private static bool TryGetKeyId(JsonElement head, out string? keyId)
    {
        keyId = null;
        if (!head.TryGetProperty("kid", out JsonElement kid))
        {
            return true;
        }

        keyId = kid.ValueKind == JsonValueKind.String ? kid.GetString() : null;
        return keyId is { Length: <= KeyIdLengthMax };
    }

    // Encoded again and compared: white space, padding and unused bits would be other texts of the same bytes.
    private static byte[]? TryDecode(string part)
    {
        try
        {
            byte[] bytes = Base64Url.DecodeFromChars(part);
            return Base64Url.EncodeToString(bytes) == part ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
