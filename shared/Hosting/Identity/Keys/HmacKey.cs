using System.Security.Cryptography;

namespace Realtime.Hosting.Identity.Keys;

/// <summary>What is done with a shared secret: HMAC with SHA-256 (RFC 7518, 3.2).</summary>
internal static class HmacKey
{
    /// <summary>The algorithm's name in <c>alg</c>.</summary>
    public const string Name = "HS256";

    /// <summary>Whether one of the secrets signed the bytes.</summary>
    public static bool IsSigned(
        byte[][] secrets, ReadOnlySpan<byte> signedBytes, ReadOnlySpan<byte> signature)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        bool isSigned = false;
        foreach (byte[] secret in secrets)
        {
            HMACSHA256.HashData(secret, signedBytes, mac);
            isSigned |= CryptographicOperations.FixedTimeEquals(mac, signature);
        }

        return isSigned;
    }
}
