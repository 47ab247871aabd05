using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Hosting.Identity.Keys;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>
/// Reads a JSON Web Key Set (RFC 7517). Keys that are not for verifying RS256 or ES256 are skipped (section 5); shared
/// secrets among them too: a secret that is published is none.
/// </summary>
internal static class JwksDocument
{
    /// <summary>Largest document, in bytes.</summary>
    public const int BytesMax = 256 * 1024;

    /// <summary>Most keys in one, those that are skipped included.</summary>
    public const int KeysMax = 100;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads it; null if it is none, or exceeds the limits. Never throws for what is in it.</summary>
    public static JwksSet? TryRead(ReadOnlyMemory<byte> json)
    {
        if (json.Length > BytesMax)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("keys", out JsonElement keys)
                || keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > KeysMax)
            {
                return null;
            }

            ImmutableArray<JwksKey> usable = [.. keys.EnumerateArray().Select(TryReadKey).OfType<JwksKey>()];
            return new JwksSet(usable, keys.GetArrayLength() - usable.Length);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JwksKey? TryReadKey(JsonElement key)
    {
        try
        {
            if (key.ValueKind != JsonValueKind.Object || !IsForVerifying(key) || !TryGetId(key, out string? id))
            {
                return null;
            }

            ITokenKey? made = TextOf(key, "kty") switch
            {
                "RSA" => RsaKey.TryCreate(BytesOf(key, "n"), BytesOf(key, "e")),
                "EC" when TextOf(key, "crv") == "P-256" => EcdsaKey.TryCreate(BytesOf(key, "x"), BytesOf(key, "y")),
                _ => null,
            };

            // A key that says its algorithm is for no other.
            return made is not null && (TextOf(key, "alg") ?? made.Algorithm) == made.Algorithm
                ? new JwksKey(id, made)
                : null;
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            return null; // Not base64url; or a string with half of a surrogate pair.
        }
    }

    private static bool IsForVerifying(JsonElement key)
    {
        if (TextOf(key, "use") is not (null or "sig"))
        {
            return false;
        }

        return !key.TryGetProperty("key_ops", out JsonElement operations)
            || (operations.ValueKind == JsonValueKind.Array && operations.EnumerateArray().Any(
                one => one.ValueKind == JsonValueKind.String && one.ValueEquals("verify"u8)));
    }

    // Tokens name keys by texts of at most 256 characters.
    private static bool TryGetId(JsonElement key, out string? id)
    {
        id = TextOf(key, "kid");
        return id is null ? !key.TryGetProperty("kid", out _) : id.Length <= CompactToken.KeyIdLengthMax;
    }

    private static byte[] BytesOf(JsonElement key, string name) =>
        TextOf(key, name) is string text ? Base64Url.DecodeFromChars(text) : [];

    private static string? TextOf(JsonElement key, string name) =>
        key.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
