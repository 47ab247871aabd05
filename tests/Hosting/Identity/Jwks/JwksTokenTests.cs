using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Realtime.Hosting.Identity;

namespace Realtime.Tests.Hosting.Identity.Jwks;

/// <summary>Tokens signed by keys that an identity provider publishes, and those that only look so.</summary>
public sealed class JwksTokenTests
{
    private static readonly IssuerKey Rsa = IssuerKey.Rsa("rsa-1");
    private static readonly IssuerKey Ecdsa = IssuerKey.Ecdsa("ec-1");

    [Fact]
    public async Task Tokens_of_both_kinds_are_accepted_and_their_keys_asked_for_once()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Rsa, Ecdsa]);

        foreach (IssuerKey key in new[] { Rsa, Ecdsa, Rsa, Ecdsa })
        {
            TokenVerification found = await scene.Verifier.VerifyAsync(key.Sign(scene.Claims()), default);
            Assert.Equal(("acme", "u1"), (found.Identity?.Tenant, found.Identity?.Subject));
        }

        Assert.Equal((1, 1L), (scene.Server.Requests, scene.Fetches("fetched")));
    }

    [Fact]
    public async Task A_token_and_a_key_made_by_another_library_are_accepted()
    {
        using var rsa = RSA.Create(3_072);
        var key = new RsaSecurityKey(rsa) { KeyId = "other" };
        JsonWebKey jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)));
        await using JwksScene scene = await JwksScene.StartAsync([]);
        scene.Server.Misbehaves = context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
            context.Response,
            KeyServer.DocumentOf(new JsonObject { ["kty"] = "RSA", ["kid"] = "other", ["n"] = jwk.N, ["e"] = jwk.E }));
        var token = new JwtSecurityToken(
            issuer: null, "authenticated", [new Claim("sub", "u1"), new Claim("tenant", "acme")],
            scene.Clock.GetUtcNow().UtcDateTime, scene.Clock.GetUtcNow().UtcDateTime.AddHours(1),
            new SigningCredentials(key, SecurityAlgorithms.RsaSha256));

        Assert.Equal(
            TokenFailure.None, await scene.VerifyAsync(new JwtSecurityTokenHandler().WriteToken(token)));
    }

    [Fact]
    public async Task Claims_are_judged_as_of_any_token()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Rsa]);

        Assert.Equal(TokenFailure.Expired, await scene.VerifyAsync(Rsa.Sign(scene.Claims(("exp", 1)))));
        Assert.Equal(TokenFailure.WrongAudience, await scene.VerifyAsync(Rsa.Sign(scene.Claims(("aud", "x")))));
    }

    [Fact]
    public async Task A_token_that_names_no_key_is_tried_with_those_of_its_algorithm_eight_at_most()
    {
        IssuerKey[] many = [.. Enumerable.Range(0, 9).Select(i => IssuerKey.Ecdsa(i % 2 == 0 ? null : $"k{i}"))];
        await using JwksScene scene = await JwksScene.StartAsync([Rsa, .. many]);

        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Rsa.Sign(scene.Claims(), withKeyId: false)));
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(many[7].Sign(scene.Claims(), withKeyId: false)));
        Assert.Equal(
            TokenFailure.BadSignature, await scene.VerifyAsync(many[8].Sign(scene.Claims(), withKeyId: false)));
    }

    [Theory]
    [InlineData("the public key as a secret")]
    [InlineData("the public key as a secret, named")]
    [InlineData("the name of the other kind's key")]
    [InlineData("the other kind's algorithm")]
    [InlineData("another key by the same name")]
    [InlineData("no signature")]
    [InlineData("zeros")]
    [InlineData("a signature in ASN.1")]
    public async Task No_token_chooses_how_it_is_verified(string kind)
    {
        await using JwksScene scene = await JwksScene.StartAsync(
            [Rsa, Ecdsa], options => options with { SigningKey = TestTokens.Key });
        string claims = scene.Claims();
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(TestTokens.Sign(scene.Clock, claims)));
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Ecdsa));
        string good = Ecdsa.Sign(claims);
        string token = kind switch
        {
            "the public key as a secret" => TestTokens.Sign(scene.Clock, claims, Rsa.PublicPem),
            "the public key as a secret, named" => SignedBySecret(claims, Rsa.PublicPem, "rsa-1"),
            "the name of the other kind's key" => Rsa.Sign(claims, keyId: "ec-1"),
            "the other kind's algorithm" => Rsa.Sign(claims, algorithm: "ES256"),
            "another key by the same name" => IssuerKey.Ecdsa("ec-1").Sign(claims),
            "no signature" => good[..(good.LastIndexOf('.') + 1)],
            "zeros" => good[..(good.LastIndexOf('.') + 1)] + new string('A', 86),
            _ => InAsn1(claims),
        };

        Assert.Equal(TokenFailure.BadSignature, await scene.VerifyAsync(token));
        Assert.Equal(1, scene.Server.Requests);
    }

    [Theory]
    [InlineData("PS256")]
    [InlineData("RS512")]
    [InlineData("none")]
    [InlineData("rs256")]
    public async Task Other_algorithms_are_not_spoken_though_the_key_could(string algorithm)
    {
        await using JwksScene scene = await JwksScene.StartAsync([Rsa]);

        Assert.Equal(
            TokenFailure.UnsupportedAlgorithm, await scene.VerifyAsync(Rsa.Sign(scene.Claims(), algorithm)));
    }

    [Fact]
    public async Task Without_a_secret_no_HS256_and_without_an_address_no_RS256_is_accepted()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Rsa]);

        Assert.Equal(
            TokenFailure.UnsupportedAlgorithm,
            await scene.VerifyAsync(TestTokens.Sign(scene.Clock, scene.Claims())));
        TokenVerification found = await TestTokens.Verifier(scene.Clock)
            .VerifyAsync(Rsa.Sign(scene.Claims()), default);
        Assert.Equal(TokenFailure.UnsupportedAlgorithm, found.Failure);
    }

    // ES256 named in the header, the signature in the form that TLS uses and JWTs do not.
    private static string InAsn1(string claims)
    {
        string wrong = Ecdsa.Sign(claims, "DER");
        string head = Ecdsa.Sign(claims).Split('.')[0];
        return $"{head}.{wrong.Split('.')[1]}.{wrong.Split('.')[2]}";
    }

    private static string SignedBySecret(string claims, string secret, string keyId)
    {
        string signed = $"{Encode($$"""{"alg":"HS256","kid":"{{keyId}}"}""")}.{Encode(claims)}";
        byte[] mac = HMACSHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(secret), System.Text.Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(mac)}";
    }

    private static string Encode(string text) =>
        System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));
}
