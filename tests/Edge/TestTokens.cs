using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Tests.Edge;

/// <summary>JWTs of every kind of wrong, made by hand.</summary>
internal static class TestTokens
{
    // Rows of theories are made when tests are found, which may be many minutes before one of them runs.
    private const long ADay = 86_400;

    public static string Make(
        string tenant = "acme", string audience = "authenticated", long expiresIn = ADay, long? validFrom = null,
        string algorithm = "HS256", string key = EdgeUnderTest.SigningKey)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string notBefore = validFrom is { } offset ? $",\"nbf\":{now + offset}" : "";
        string head = Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""");
        string identity = $"\"sub\":\"ann\",\"tenant\":\"{tenant}\",\"scope\":\"read:*\"";
        string claims = Encode($$"""{{{identity}},"aud":"{{audience}}","exp":{{now + expiresIn}}{{notBefore}}}""");
        string signature = algorithm == "none" ? "" : Base64Url.EncodeToString(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes($"{head}.{claims}")));
        return $"{head}.{claims}.{signature}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
