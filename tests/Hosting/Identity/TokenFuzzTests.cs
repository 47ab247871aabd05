using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Tests.Hosting.Identity.Jwks;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Hosting.Identity;

/// <summary>Time-boxed damage to tokens, their headers and claims, and to what roles are said to mean.</summary>
public sealed class TokenFuzzTests(ITestOutputHelper output)
{
    private static readonly IssuerKey Key = IssuerKey.Ecdsa("k");

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_damaged_token_is_never_accepted_and_never_more_than_refused()
    {
        await using JwksScene scene = await JwksScene.StartAsync(
            [Key], options => options with { SigningKey = TestTokens.Key });
        string[] valid = [TestTokens.Sign(scene.Clock, scene.Claims()), Key.Sign(scene.Claims())];
        Assert.Equal([TokenFailure.None, TokenFailure.None], await Task.WhenAll(valid.Select(scene.VerifyAsync)));
        Fuzzing.Run(output, random =>
        {
            string token = valid[random.Next(2)];
            string damaged = Encoding.Latin1.GetString(Mutation.Of(Encoding.Latin1.GetBytes(token), random));

            // Nothing is waited for: the keys were fetched a moment ago, by a clock that stands.
            ValueTask<TokenVerification> found = scene.Verifier.VerifyAsync(damaged, default);
            Assert.True(found.IsCompleted);
            Assert.Equal(damaged == token, found.Result.Succeeded);
        });
        Assert.Equal(1, scene.Server.Requests);
    }

    [Fact]
    public void Damaged_headers_and_claims_that_are_signed_are_never_more_than_refused()
    {
        byte[] claims = Encoding.UTF8.GetBytes(TestTokens.Claims(_clock, ("role", "a"), ("nbf", 1), ("iat", 1)));
        byte[] head = Encoding.UTF8.GetBytes("""{"alg":"HS256","typ":"JWT","kid":"k-1"}""");
        TokenVerifier verifier = TestTokens.Verifier(
            _clock, new AuthOptions { RoleScopes = [new RoleScope { Role = "a", Scope = "read:*" }] });
        int good = 0;
        Fuzzing.Run(output, random =>
        {
            byte[] one = random.Next(2) == 0 ? head : Mutation.Of(head, random);
            string token = TestTokens.SignBytes(one, Mutation.Of(claims, random));
            ValueTask<TokenVerification> found = verifier.VerifyAsync(token, default);
            Assert.True(found.IsCompleted);
            good += found.Result.Succeeded ? 1 : 0;
        });
        output.WriteLine($"{good} were still right.");
    }

    [Fact]
    public void What_a_role_means_is_grants_alone_whatever_it_is_made_of() => Fuzzing.Run(output, random =>
    {
        byte[] valid = Encoding.Latin1.GetBytes("read:* publish:agents/a* read:terminal/t1 admin");
        string scope = Encoding.Latin1.GetString(Mutation.Of(valid, random));
        bool isWhole = Grants.IsWhole(scope);

        // Whoever is told yes gets every word of it.
        if (isWhole)
        {
            string[] words = [.. scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()];
            Assert.Equal(string.Join(' ', words), Grants.Parse(scope).Scope);
        }
    });
}
