using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Identity;

/// <summary>Keys, claims and verifiers that tests of identity share.</summary>
internal static class TestTokens
{
    public const string Key = "0123456789abcdef0123456789abcdef";
    public const string OtherKey = "fedcba9876543210fedcba9876543210";

    /// <summary>Claims that are right at the clock's start, with changes: a null takes a claim away.</summary>
    public static string Claims(ManualClock clock, params (string Name, object? Json)[] changes)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?>
        {
            ["sub"] = "u1",
            ["tenant"] = "acme",
            ["aud"] = "authenticated",
            ["exp"] = now + 60,
            ["scope"] = "read:* publish:agents/a1",
        };
        foreach ((string name, object? json) in changes)
        {
            claims[name] = json;
        }

        return System.Text.Json.JsonSerializer.Serialize(
            claims.Where(claim => claim.Value is not null).ToDictionary(claim => claim.Key, claim => claim.Value));
    }

    public static TokenVerifier Verifier(ManualClock clock, AuthOptions? options = null) =>
        new((options ?? new AuthOptions()) with { SigningKey = Key }, clock);

    public static string Sign(ManualClock clock, string claims, string key = Key) =>
        new TokenMinter(key, clock).Sign(claims);

    /// <summary>A token of any two texts, rightly signed by <see cref="Key"/>.</summary>
    public static string SignBytes(byte[] head, byte[] claims)
    {
        string signed = $"{Base64Url.EncodeToString(head)}.{Base64Url.EncodeToString(claims)}";
        byte[] mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(mac)}";
    }
}
