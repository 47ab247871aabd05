using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Identity;

/// <summary>Garbage, forgeries and tokens that were changed: none is believed, and none is an exception.</summary>
public sealed class ForgedTokenTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData("x")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("Bearer abc")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30.AA.AA")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30.AA==")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30.A A")]
    [InlineData("W10.e30.AA")] // Header [].
    [InlineData("e30.e30.AA")] // No alg.
    [InlineData("eyJhbGciOjV9.e30.AA")] // alg 5.
    [InlineData("eyJhbGciOiJcdWQ4MDAifQ.e30.AA")] // alg: half of a surrogate pair.
    [InlineData("\u00e9.\ud800.\0")]
    public async Task Garbage_is_malformed(string token) =>
        Assert.Equal(TokenFailure.Malformed, (await VerifyTokenAsync(token)).Failure);

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":\"\\ud800\"}x")]
    public async Task Signed_claims_that_are_no_object_are_malformed(string claims) =>
        Assert.Equal(TokenFailure.Malformed, (await VerifyAsync(claims)).Failure);

    [Fact]
    public async Task Deep_claims_are_malformed()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 1_000)) + "1" + new string('}', 1_000);

        Assert.Equal(TokenFailure.Malformed, (await VerifyAsync(deep)).Failure);
    }

    [Fact]
    public async Task Claims_with_half_characters_are_malformed()
    {
        string claims = Claims().Replace("\"u1\"", "\"\\ud800\"", StringComparison.Ordinal);

        Assert.Equal(TokenFailure.Malformed, (await VerifyAsync(claims)).Failure);
    }

    [Theory]
    [InlineData("{\"alg\":\"none\"}")]
    [InlineData("{\"alg\":\"None\"}")]
    [InlineData("{\"alg\":\"hs256\"}")]
    [InlineData("{\"alg\":\"HS512\"}")]
    [InlineData("{\"alg\":\"ES256\"}")]
    [InlineData("{\"alg\":\"\"}")]
    public async Task Only_one_algorithm_is_accepted(string header)
    {
        string signed = $"{Encode(header)}.{Encode(Claims())}";
        string signature = Base64Url.EncodeToString(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(TestTokens.Key), Encoding.ASCII.GetBytes(signed)));

        Assert.Equal(TokenFailure.UnsupportedAlgorithm, (await VerifyTokenAsync($"{signed}.{signature}")).Failure);
        Assert.Equal(TokenFailure.UnsupportedAlgorithm, (await VerifyTokenAsync($"{signed}.")).Failure);
    }

    [Fact]
    public async Task A_public_key_as_a_secret_fools_nobody()
    {
        // The classic confusion: HS256 made with the text of an RSA public key, or RS256 announced and HS256 made.
        using var rsa = RSA.Create(2048);
        string publicKey = rsa.ExportSubjectPublicKeyInfoPem();
        string announced = $"{Encode("{\"alg\":\"RS256\"}")}.{Encode(Claims())}";
        string rsaSigned = Base64Url.EncodeToString(rsa.SignData(
            Encoding.ASCII.GetBytes(announced), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        Assert.Equal(
            TokenFailure.BadSignature,
            (await VerifyTokenAsync(TestTokens.Sign(_clock, Claims(), publicKey))).Failure);
        Assert.Equal(
            TokenFailure.UnsupportedAlgorithm, (await VerifyTokenAsync($"{announced}.{rsaSigned}")).Failure);
    }

    [Fact]
    public async Task A_critical_extension_is_refused()
    {
        string signed = $"{Encode("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}")}.{Encode(Claims())}";
        string signature = Base64Url.EncodeToString(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(TestTokens.Key), Encoding.ASCII.GetBytes(signed)));

        Assert.Equal(TokenFailure.Malformed, (await VerifyTokenAsync($"{signed}.{signature}")).Failure);
    }

    [Theory]
    [InlineData("5", TokenFailure.Malformed)]
    [InlineData("null", TokenFailure.Malformed)]
    [InlineData("\"k-1\"", TokenFailure.None)] // Secrets have no names here.
    public async Task The_name_of_a_key_is_a_text(string keyId, TokenFailure expected)
    {
        byte[] head = Encoding.UTF8.GetBytes($$"""{"alg":"HS256","kid":{{keyId}}}""");

        Assert.Equal(
            expected, (await VerifyTokenAsync(TestTokens.SignBytes(head, Encoding.UTF8.GetBytes(Claims())))).Failure);
    }

    [Fact]
    public async Task The_name_of_a_key_has_a_limit()
    {
        byte[] head = Encoding.UTF8.GetBytes($$"""{"alg":"HS256","kid":"{{new string('k', 257)}}"}""");

        Assert.Equal(
            TokenFailure.Malformed,
            (await VerifyTokenAsync(TestTokens.SignBytes(head, Encoding.UTF8.GetBytes(Claims())))).Failure);
    }

    [Fact]
    public async Task A_token_of_another_key_is_refused() =>
        Assert.Equal(
            TokenFailure.BadSignature,
            (await VerifyTokenAsync(TestTokens.Sign(_clock, Claims(), TestTokens.OtherKey))).Failure);

    [Fact]
    public async Task A_token_changed_or_cut_at_any_byte_is_refused()
    {
        string token = TestTokens.Sign(_clock, Claims());
        for (int i = 0; i < token.Length; i++)
        {
            string changed = string.Concat(token.AsSpan(0, i), token[i] == 'A' ? "B" : "A", token.AsSpan(i + 1));
            Assert.False((await VerifyTokenAsync(changed)).Succeeded, $"changed at {i}");
            Assert.False((await VerifyTokenAsync(token[..i])).Succeeded, $"cut at {i}");
        }

        Assert.True((await VerifyTokenAsync(token)).Succeeded);
    }

    [Fact]
    public async Task A_huge_token_is_refused_unread()
    {
        string largest = new('a', TokenVerifier.TokenLengthMax);

        Assert.Equal(TokenFailure.Malformed, (await VerifyTokenAsync(largest)).Failure);
        Assert.Equal(TokenFailure.TooLarge, (await VerifyTokenAsync(largest + "a")).Failure);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private string Claims() => TestTokens.Claims(_clock);

    private Task<TokenVerification> VerifyAsync(string claims) => VerifyTokenAsync(TestTokens.Sign(_clock, claims));

    private Task<TokenVerification> VerifyTokenAsync(string token) =>
        TestTokens.Verifier(_clock).VerifyAsync(token, CancellationToken.None).AsTask();
}
