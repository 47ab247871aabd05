using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Realtime.Hosting.Identity.Keys;

/// <summary>An RSA public key: PKCS #1 v1.5 with SHA-256 (RFC 7518, 3.3).</summary>
internal sealed class RsaKey : ITokenKey
{
    public const string Name = "RS256";

    // RFC 7518, 3.3 asks for 2,048 bits. Above 8,192 verifying is slow enough to be a weapon.
    private const int BitsMin = 2_048;
    private const int BitsMax = 8_192;
    private const int ExponentBytesMax = 8;

    private readonly RSAParameters _parameters;
    private readonly int _signatureLength;

    // Instances are for one thread at a time; there are never more than threads that verify.
    private readonly ConcurrentBag<RSA> _idle = [];

    private RsaKey(RSAParameters parameters, RSA first)
    {
        _parameters = parameters;
        _signatureLength = first.KeySize / 8;
        _idle.Add(first);
    }

    public string Algorithm => Name;

    /// <summary>Makes a key; null if it is none, or not of 2,048 to 8,192 bits in whole bytes.</summary>
    public static RsaKey? TryCreate(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        // Some write a zero in front, to say that the number is positive.
        ReadOnlySpan<byte> n = modulus.TrimStart((byte)0);
        ReadOnlySpan<byte> e = exponent.TrimStart((byte)0);

        // With an exponent of 1 everything is signed; even numbers are no keys.
        bool isOne = e.Length == 1 && e[0] == 1;
        if (n.Length is < BitsMin / 8 or > BitsMax / 8 || n[0] < 0x80 || (n[^1] & 1) == 0
            || e.Length is 0 or > ExponentBytesMax || isOne || (e[^1] & 1) == 0)
        {
            return null;
        }

        var parameters = new RSAParameters { Modulus = n.ToArray(), Exponent = e.ToArray() };
        try
        {
            return new RsaKey(parameters, RSA.Create(parameters));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public bool IsSigned(ReadOnlySpan<byte> signedBytes, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != _signatureLength)
        {
            return false;
        }

        RSA rsa = _idle.TryTake(out RSA? idle) ? idle : RSA.Create(_parameters);
        try
        {
            return rsa.VerifyData(signedBytes, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            _idle.Add(rsa);
        }
    }
}
