using System.Text;
using System.Text.Json.Nodes;
using Realtime.Hosting.Identity.Jwks;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Hosting.Identity.Jwks;

/// <summary>Which keys of a published set are used, and that no document does harm.</summary>
public sealed class JwksDocumentTests(ITestOutputHelper output)
{
    private static readonly IssuerKey Rsa = IssuerKey.Rsa("r");
    private static readonly IssuerKey Ecdsa = IssuerKey.Ecdsa("e");

    [Fact]
    public void Keys_as_providers_publish_them_are_used() => Assert.Equal((2, 0), Read(Rsa.Jwk(), Ecdsa.Jwk()));

    [Theory]
    [InlineData("use", null)]
    [InlineData("alg", null)]
    [InlineData("kid", null)]
    [InlineData("key_ops", "[\"verify\"]")]
    [InlineData("ext", "true")]
    [InlineData("x5c", "[\"anything\"]")]
    public void What_a_key_need_not_say_and_what_is_unknown_does_no_harm(string name, string? json)
    {
        foreach (IssuerKey key in new[] { Rsa, Ecdsa })
        {
            Assert.Equal((1, 0), Read(With(key.Jwk(), name, json)));
        }
    }

    [Fact]
    public void A_zero_in_front_of_a_number_does_no_harm()
    {
        JsonObject jwk = Rsa.Jwk();
        jwk["n"] = Encode([0, .. Decode(jwk["n"]!.GetValue<string>())]);

        Assert.Equal((1, 0), Read(jwk));
    }

    [Theory]
    [InlineData("kty", "\"oct\"")]
    [InlineData("kty", "\"OKP\"")]
    [InlineData("kty", "5")]
    [InlineData("kty", null)]
    [InlineData("use", "\"enc\"")]
    [InlineData("key_ops", "[\"sign\"]")]
    [InlineData("key_ops", "\"verify\"")]
    [InlineData("alg", "\"RS512\"")]
    [InlineData("alg", "\"HS256\"")]
    [InlineData("alg", "\"none\"")]
    [InlineData("kid", "5")]
    [InlineData("n", null)]
    [InlineData("n", "\"\"")]
    [InlineData("n", "\"?\"")]
    [InlineData("n", "\"AQAB\"")]
    [InlineData("e", null)]
    [InlineData("e", "\"AQ\"")] // 1: everything would be signed.
    [InlineData("e", "\"AA\"")] // 0
    [InlineData("e", "\"AQAA\"")] // Even.
    [InlineData("e", "\"AQABAQABAQAB\"")] // Nine bytes.
    public void A_key_that_is_not_for_RS256_or_no_key_is_skipped_and_the_others_used(string name, string? json) =>
        Assert.Equal((1, 1), Read(With(Rsa.Jwk(), name, json), Ecdsa.Jwk()));

    [Theory]
    [InlineData("crv", "\"P-384\"")]
    [InlineData("crv", null)]
    [InlineData("alg", "\"RS256\"")]
    [InlineData("x", "\"AQAB\"")]
    [InlineData("y", null)]
    [InlineData("y", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")] // Not on the curve.
    public void A_key_that_is_not_for_ES256_or_no_key_is_skipped_and_the_others_used(string name, string? json) =>
        Assert.Equal((1, 1), Read(With(Ecdsa.Jwk(), name, json), Rsa.Jwk()));

    [Theory]
    [InlineData(1_024, 0)]
    [InlineData(2_040, 0)]
    [InlineData(4_096, 1)]
    public void A_key_is_strong_enough(int bits, int used) =>
        Assert.Equal((used, 1 - used), Read(IssuerKey.Rsa("k", bits).Jwk()));

    [Fact]
    public void A_key_too_large_to_be_verified_quickly_is_skipped()
    {
        JsonObject jwk = Rsa.Jwk();
        jwk["n"] = Encode([0x80, .. new byte[1_024], 1]);

        Assert.Equal((0, 1), Read(jwk));
    }

    [Fact]
    public void A_name_that_no_token_can_say_is_skipped()
    {
        Assert.Equal((1, 0), Read(With(Rsa.Jwk(), "kid", $"\"{new string('k', 256)}\"")));
        Assert.Equal((0, 1), Read(With(Rsa.Jwk(), "kid", $"\"{new string('k', 257)}\"")));
    }

    [Theory]
    [InlineData("{\"keys\":[]}", true)]
    [InlineData("{\"keys\":[5,null,[],\"\"],\"more\":{}}", true)]
    [InlineData("{\"keys\":[{\"kty\":\"\\ud800\"}]}", true)]
    [InlineData("", false)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("{\"keys\":{}}", false)]
    [InlineData("{\"keys\":[]}x", false)]
    [InlineData("{\"keys\":[],\"keys\":[]}", false)]
    [InlineData("{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", false)]
    [InlineData("{\"keys\":[[[[[[[[]]]]]]]]}", false)]
    public void A_document_of_another_form_is_none(string json, bool isOne) =>
        Assert.Equal(isOne, JwksDocument.TryRead(Encoding.UTF8.GetBytes(json)) is { Count: 0 });

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void There_is_a_limit_on_keys_those_that_are_skipped_included(int keys, bool isOne)
    {
        string json = KeyServer.DocumentOf(Enumerable.Range(0, keys).Select(_ => new JsonObject()));

        Assert.Equal(isOne, JwksDocument.TryRead(Encoding.UTF8.GetBytes(json)) is not null);
    }

    [Fact]
    public void Damaged_documents_are_never_more_than_refused()
    {
        byte[] valid = Encoding.UTF8.GetBytes(KeyServer.DocumentOf(Rsa.Jwk(), Ecdsa.Jwk()));
        Fuzzing.Run(output, random =>
        {
            byte[] damaged = Mutation.Of(valid, random);

            Assert.True(JwksDocument.TryRead(damaged) is null or { Count: <= 3 });
        });
    }

    private static (int Used, int Skipped) Read(params JsonNode?[] keys)
    {
        JwksSet? read = JwksDocument.TryRead(Encoding.UTF8.GetBytes(KeyServer.DocumentOf(keys)));
        Assert.NotNull(read);
        return (read.Count, read.Skipped);
    }

    private static JsonObject With(JsonObject jwk, string name, string? json)
    {
        jwk.Remove(name);
        if (json is not null)
        {
            jwk[name] = JsonNode.Parse(json);
        }

        return jwk;
    }

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
