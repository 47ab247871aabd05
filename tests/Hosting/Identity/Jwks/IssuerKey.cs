using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Hosting.Identity.Jwks;

/// <summary>A key of an identity provider: signs tokens, and shows its public half.</summary>
internal sealed class IssuerKey
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private IssuerKey(string? id, RSA? rsa, ECDsa? ecdsa) => (Id, _rsa, _ecdsa) = (id, rsa, ecdsa);

    public string? Id { get; }

    public string Algorithm => _rsa is null ? "ES256" : "RS256";

    public static IssuerKey Rsa(string? id, int bits = 2_048) => new(id, RSA.Create(bits), null);

    public static IssuerKey Ecdsa(string? id) => new(id, null, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The public half as text, which attackers have too.</summary>
    public string PublicPem => _rsa?.ExportSubjectPublicKeyInfoPem() ?? _ecdsa!.ExportSubjectPublicKeyInfoPem();

    /// <summary>The public half as a provider publishes it.</summary>
    public JsonObject Jwk()
    {
        var jwk = new JsonObject { ["use"] = "sig", ["alg"] = Algorithm };
        if (Id is not null)
        {
            jwk["kid"] = Id;
        }

        if (_rsa is not null)
        {
            RSAParameters parameters = _rsa.ExportParameters(false);
            (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", Text(parameters.Modulus!), Text(parameters.Exponent!));
        }
        else
        {
            ECPoint point = _ecdsa!.ExportParameters(false).Q;
            (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", "P-256", Text(point.X!), Text(point.Y!));
        }

        return jwk;
    }

    /// <summary>A token; header's members as told, else as they should be.</summary>
    public string Sign(string claims, string? algorithm = null, string? keyId = null, bool withKeyId = true)
    {
        var head = new JsonObject { ["alg"] = algorithm ?? Algorithm, ["typ"] = "JWT" };
        if (withKeyId && (keyId ?? Id) is { } id)
        {
            head["kid"] = id;
        }

        string signed = $"{Text(Encoding.UTF8.GetBytes(head.ToJsonString()))}.{Text(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Text(SignatureOf(Encoding.ASCII.GetBytes(signed), algorithm ?? Algorithm))}";
    }

    private byte[] SignatureOf(byte[] signed, string algorithm) => algorithm switch
    {
        "PS256" => _rsa!.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "RS512" => _rsa!.SignData(signed, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        "DER" => _ecdsa!.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
        _ => _rsa?.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ?? _ecdsa!.SignData(signed, HashAlgorithmName.SHA256),
    };

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
