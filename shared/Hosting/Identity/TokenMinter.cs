using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Realtime.Hosting.Identity;

/// <summary>
/// Makes HS256 tokens for development, demos, load and tests. Production tokens come from an identity provider.
/// </summary>
/// <param name="signingKey">The key, used as its UTF-8 bytes, at least 32.</param>
/// <param name="clock">The clock.</param>
public sealed class TokenMinter(string signingKey, TimeProvider clock)
{
    // {"alg":"HS256","typ":"JWT"}
    private const string Header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

    private readonly byte[] _key = SecretFile.IsKey(signingKey)
        ? Encoding.UTF8.GetBytes(signingKey)
        : throw new ArgumentException("A signing key has at least 32 bytes.", nameof(signingKey));

    /// <summary>
    /// Makes a token with the default claims (<c>sub</c>, <c>tenant</c>, <c>scope</c>, <c>aud</c>, <c>iat</c>,
    /// <c>exp</c>, <c>jti</c>).
    /// </summary>
    public string Mint(
        string tenant, string subject, string scope, TimeSpan lifetime,
        string audience = "authenticated", string? issuer = null)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(claims))
        {
            json.WriteStartObject();
            json.WriteString("sub", subject);
            json.WriteString("tenant", tenant);
            json.WriteString("scope", scope);
            json.WriteString("aud", audience);
            if (issuer is not null)
            {
                json.WriteString("iss", issuer);
            }

            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + (long)lifetime.TotalSeconds);
            json.WriteString("jti", Guid.NewGuid().ToString("N"));
            json.WriteEndObject();
        }

        return Sign(Encoding.UTF8.GetString(claims.WrittenSpan));
    }

    /// <summary>Signs claims as they are.</summary>
    internal string Sign(string claims)
    {
        string signed = $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed)))}";
    }
}
