using System.Buffers.Text;
using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Realtime.Hosting.Identity;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Identity;

public sealed class TokenVerifierTests
{
    private readonly ManualClock _clock = new();

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public async Task A_right_token_gives_its_identity()
    {
        TokenVerification found = await VerifyAsync(Claims(("jti", "t-1")));

        Assert.True(found.Succeeded);
        Assert.Equal(TokenFailure.None, found.Failure);
        Assert.Equal(("acme", "u1", "t-1"), (found.Identity.Tenant, found.Identity.Subject, found.Identity.TokenId));
        Assert.Equal("read:* publish:agents/a1", found.Identity.Grants.Scope);
        Assert.Equal(Now + 60, found.Identity.ExpiresAt.ToUnixTimeSeconds());
        Assert.Null(found.Identity.IssuedAt);
    }

    [Fact]
    public async Task A_minted_token_is_accepted()
    {
        string token = new TokenMinter(TestTokens.Key, _clock)
            .Mint("acme", "u1", "read:*", TimeSpan.FromMinutes(5), issuer: "https://issuer");

        TokenVerification found = await TestTokens.Verifier(_clock, new AuthOptions { Issuer = "https://issuer" })
            .VerifyAsync(token, CancellationToken.None);

        Assert.Equal(("acme", "u1"), (found.Identity!.Tenant, found.Identity.Subject));
        Assert.Equal("read:*", found.Identity.Grants.Scope);
        Assert.Equal(TimeSpan.FromMinutes(5), found.Identity.ExpiresAt - _clock.GetUtcNow());
        Assert.NotNull(found.Identity.TokenId);
    }

    [Fact]
    public async Task A_token_made_by_another_library_is_accepted()
    {
        var credentials = new SigningCredentials(
            new SymmetricSecurityKey(Encoding.UTF8.GetBytes(TestTokens.Key)), SecurityAlgorithms.HmacSha256);
        var token = new JwtSecurityToken(
            issuer: null, "authenticated", [new Claim("sub", "u1"), new Claim("tenant", "acme")],
            _clock.GetUtcNow().UtcDateTime, _clock.GetUtcNow().UtcDateTime.AddHours(1), credentials);

        Assert.True((await VerifyTokenAsync(new JwtSecurityTokenHandler().WriteToken(token))).Succeeded);
    }

    [Theory]
    [InlineData(4_102_444_800, 4_102_444_800)] // 2100: more than 32 bits.
    [InlineData(2_147_483_648, 2_147_483_648)]
    [InlineData(1e300, 253_402_300_799)]
    [InlineData(1_795_248_000.75, 1_795_248_000)]
    public async Task Any_time_to_come_is_an_expiry(double expiry, long seconds) =>
        Assert.Equal(seconds, (await VerifyAsync(Claims(("exp", expiry)))).Identity!.ExpiresAt.ToUnixTimeSeconds());

    public static TheoryData<string, object?, TokenFailure> WrongClaims => new()
    {
        { "exp", null, TokenFailure.NoExpiry },
        { "exp", "tomorrow", TokenFailure.Malformed },
        { "exp", -1, TokenFailure.Expired },
        { "exp", 0, TokenFailure.Expired },
        { "nbf", "now", TokenFailure.Malformed },
        { "nbf", 9e15, TokenFailure.NotYetValid },
        { "iat", "now", TokenFailure.Malformed },
        { "iat", 9e15, TokenFailure.NotYetValid },
        { "iat", 0, TokenFailure.None },
        { "aud", null, TokenFailure.WrongAudience },
        { "aud", "other", TokenFailure.WrongAudience },
        { "aud", "Authenticated", TokenFailure.WrongAudience },
        { "aud", new[] { "other", "others" }, TokenFailure.WrongAudience },
        { "aud", 5, TokenFailure.WrongAudience },
        { "aud", new[] { "other", "authenticated" }, TokenFailure.None },
        { "sub", null, TokenFailure.NoSubject },
        { "sub", "", TokenFailure.NoSubject },
        { "sub", 5, TokenFailure.NoSubject },
        { "sub", "a\nb", TokenFailure.NoSubject },
        { "sub", new string('a', 257), TokenFailure.NoSubject },
        { "sub", new string('a', 256), TokenFailure.None },
        { "tenant", null, TokenFailure.BadTenant },
        { "tenant", "", TokenFailure.BadTenant },
        { "tenant", 5, TokenFailure.BadTenant },
        { "tenant", "a b", TokenFailure.BadTenant },
        { "tenant", "a}b", TokenFailure.BadTenant },
        { "tenant", "-a", TokenFailure.BadTenant },
        { "tenant", "é", TokenFailure.BadTenant },
        { "tenant", new string('a', 129), TokenFailure.BadTenant },
        { "scope", null, TokenFailure.None },
        { "scope", 5, TokenFailure.Malformed },
        { "scope", new object[] { "read:*", 5 }, TokenFailure.Malformed },
        { "scope", new string('a', 4_097), TokenFailure.TooLarge },
        { "jti", new string('a', 257), TokenFailure.Malformed },
        { "jti", 5, TokenFailure.None },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public async Task Each_claim_is_judged(string claim, object? value, TokenFailure expected) =>
        Assert.Equal(expected, (await VerifyAsync(Claims((claim, value)))).Failure);

    [Fact]
    public async Task A_token_without_a_scope_may_nothing()
    {
        TokenVerification found = await VerifyAsync(Claims(("scope", null)));

        Assert.Equal("", found.Identity!.Grants.Scope);
        Assert.False(found.Identity.Grants.MayReadTerminal("t1"));
    }

    [Theory]
    [InlineData(-31, TokenFailure.Expired)]
    [InlineData(-30, TokenFailure.Expired)]
    [InlineData(-29, TokenFailure.None)]
    [InlineData(0, TokenFailure.None)]
    public async Task Expiry_allows_for_clocks_that_differ(int secondsFromNow, TokenFailure expected) =>
        Assert.Equal(expected, (await VerifyAsync(Claims(("exp", Now + secondsFromNow)))).Failure);

    [Theory]
    [InlineData(31, TokenFailure.NotYetValid)]
    [InlineData(30, TokenFailure.None)]
    [InlineData(-5, TokenFailure.None)]
    public async Task The_beginning_allows_for_clocks_that_differ(int secondsFromNow, TokenFailure expected) =>
        Assert.Equal(expected, (await VerifyAsync(Claims(("nbf", Now + secondsFromNow)))).Failure);

    [Theory]
    [InlineData(31, TokenFailure.NotYetValid)]
    [InlineData(30, TokenFailure.None)]
    [InlineData(-5, TokenFailure.None)]
    public async Task When_it_was_issued_allows_for_clocks_that_differ(int secondsFromNow, TokenFailure expected)
    {
        TokenVerification found = await VerifyAsync(Claims(("iat", Now + secondsFromNow + 0.5)));

        Assert.Equal(expected, found.Failure);
        Assert.Equal(found.Succeeded ? Now + secondsFromNow : null, found.Identity?.IssuedAt?.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData(null, TokenFailure.WrongIssuer)]
    [InlineData("https://other", TokenFailure.WrongIssuer)]
    [InlineData("https://issuer", TokenFailure.None)]
    public async Task A_configured_issuer_is_required(string? issuer, TokenFailure expected) =>
        Assert.Equal(
            expected,
            (await VerifyAsync(Claims(("iss", issuer)), new AuthOptions { Issuer = "https://issuer" })).Failure);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task No_token_is_told_as_such(string? token) =>
        Assert.Equal(TokenFailure.Missing, (await VerifyTokenAsync(token)).Failure);

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
    public async Task Each_of_several_secrets_verifies()
    {
        using var file = new TemporaryFile($"{TestTokens.OtherKey}\n{TestTokens.Key}\n");
        var verifier = new TokenVerifier(new AuthOptions { SigningKeyFile = file.Path }, _clock);

        foreach (string key in new[] { TestTokens.Key, TestTokens.OtherKey })
        {
            Assert.True((await verifier.VerifyAsync(TestTokens.Sign(_clock, Claims(), key), default)).Succeeded);
        }

        Assert.False((await verifier.VerifyAsync(TestTokens.Sign(_clock, Claims(), new('k', 40)), default)).Succeeded);
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

    [Theory]
    [InlineData(TokenFailure.Missing, 401, ErrorCodes.Unauthorized)]
    [InlineData(TokenFailure.BadSignature, 401, ErrorCodes.Unauthorized)]
    [InlineData(TokenFailure.Expired, 401, ErrorCodes.TokenExpired)]
    [InlineData(TokenFailure.BadTenant, 403, ErrorCodes.BadTenant)]
    [InlineData(TokenFailure.KeysUnavailable, 503, ErrorCodes.AuthUnavailable)]
    public void A_failure_has_its_answer(TokenFailure failure, int status, string code)
    {
        var found = new TokenVerification(failure);

        Assert.Equal((status, code), (found.StatusCode, found.ErrorCode));
    }

    [Fact]
    public void Every_failure_has_a_detail_of_its_own()
    {
        string[] details = [.. Enum.GetValues<TokenFailure>().Select(failure => new TokenVerification(failure).Detail)];

        Assert.Equal(details.Length, details.Distinct().Count());
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private string Claims(params (string Name, object? Json)[] changes) => TestTokens.Claims(_clock, changes);

    private Task<TokenVerification> VerifyAsync(string claims, AuthOptions? options = null) =>
        VerifyTokenAsync(TestTokens.Sign(_clock, claims), options);

    private Task<TokenVerification> VerifyTokenAsync(string? token, AuthOptions? options = null) =>
        TestTokens.Verifier(_clock, options).VerifyAsync(token, CancellationToken.None).AsTask();
}
