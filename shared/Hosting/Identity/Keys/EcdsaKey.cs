using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Realtime.Hosting.Identity.Keys;

/// <summary>An elliptic-curve public key: ECDSA on P-256 with SHA-256 (RFC 7518, 3.4).</summary>
internal sealed class EcdsaKey : ITokenKey
{
    public const string Name = "ES256";

    private const int CoordinateBytes = 32;

    private readonly ECParameters _parameters;

    // Instances are for one thread at a time; there are never more than threads that verify.
    private readonly ConcurrentBag<ECDsa> _idle = [];

    private EcdsaKey(ECParameters parameters, ECDsa first)
    {
        _parameters = parameters;
        _idle.Add(first);
    }

    public string Algorithm => Name;

    /// <summary>Makes a key; null if the coordinates are not of a point on P-256, 32 bytes each.</summary>
    public static EcdsaKey? TryCreate(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (x.Length != CoordinateBytes || y.Length != CoordinateBytes)
        {
            return null;
        }

        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = x.ToArray(), Y = y.ToArray() },
        };
        try
        {
            return new EcdsaKey(parameters, ECDsa.Create(parameters));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // RFC 7518, 3.4: the two numbers one after the other, of fixed length, not in ASN.1.
    public bool IsSigned(ReadOnlySpan<byte> signedBytes, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 2 * CoordinateBytes)
        {
            return false;
        }

        ECDsa ecdsa = _idle.TryTake(out ECDsa? idle) ? idle : ECDsa.Create(_parameters);
        try
        {
            return ecdsa.VerifyData(
                signedBytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            _idle.Add(ecdsa);
        }
    }
}
