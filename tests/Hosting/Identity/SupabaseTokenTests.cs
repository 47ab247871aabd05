using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Tests.Hosting.Identity.Jwks;

namespace Realtime.Tests.Hosting.Identity;

/// <summary>
/// Tokens in the very shape in which Supabase Auth makes them, by both kinds of its keys, with the settings that the
/// edge's README gives for them.
/// </summary>
public sealed class SupabaseTokenTests
{
    private static readonly IssuerKey Key = IssuerKey.Ecdsa("0b0d2b0e-6f0c-4f7e-9d5a-1c1a5b8a2f10");

    private static readonly AuthOptions Settings = new()
    {
        Issuer = "https://x.supabase.co/auth/v1",
        TenantClaim = "app_metadata.tenant",
        ScopeClaim = "app_metadata.scope",
        RoleScopes = [new RoleScope { Role = "authenticated", Scope = "read:channels/tasks" }],
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_accepted_as_it_is_by_either_key(bool byPublishedKey)
    {
        TokenVerification found = await VerifyAsync(
            "\"tenant\":\"acme\",\"scope\":[\"read:agents/*\",\"publish:agents/a1\"]", byPublishedKey: byPublishedKey);

        Assert.Equal(("acme", "5c1f9c2e-0f6e-4e0e-8c8e-2f3c1b7a9d10"), (found.Identity!.Tenant, found.Identity.Subject));
        Assert.Equal("read:agents/* publish:agents/a1 read:channels/tasks", found.Identity.Grants.Scope);
        Assert.NotNull(found.Identity.IssuedAt);
    }

    [Theory]
    [InlineData("authenticated", "read:channels/tasks")]
    [InlineData("service_role", "")]
    [InlineData("Authenticated", "")]
    public async Task A_role_means_what_is_configured_and_nothing_else(string role, string scope) =>
        Assert.Equal(scope, (await VerifyAsync("\"tenant\":\"acme\"", role: role)).Identity!.Grants.Scope);

    [Theory]
    [InlineData("", null, TokenFailure.BadTenant, null)]
    [InlineData("", "only", TokenFailure.None, "only")]
    [InlineData("\"tenant\":null", "only", TokenFailure.None, "only")]
    [InlineData("\"tenant\":\"acme\"", "only", TokenFailure.None, "acme")]
    [InlineData("\"tenant\":\"\"", "only", TokenFailure.BadTenant, null)]
    [InlineData("\"tenant\":\"a b\"", "only", TokenFailure.BadTenant, null)]
    [InlineData("\"tenant\":5", "only", TokenFailure.BadTenant, null)]
    public async Task A_default_tenant_is_for_tokens_without_one(
        string metadata, string? standard, TokenFailure failure, string? tenant)
    {
        TokenVerification found = await VerifyAsync(metadata, Settings with { DefaultTenant = standard });

        Assert.Equal((failure, tenant), (found.Failure, found.Identity?.Tenant));
    }

    [Fact]
    public async Task The_keys_of_a_projects_api_are_nobodys_token()
    {
        // The anon key: signed by the same secret, but without audience and subject.
        await using JwksScene scene = await StartAsync(Settings);
        long now = scene.Clock.GetUtcNow().ToUnixTimeSeconds();
        string anon = TestTokens.SignBytes(
            """{"alg":"HS256","typ":"JWT"}"""u8.ToArray(),
            Encoding.UTF8.GetBytes(
                $$"""{"iss":"supabase","ref":"x","role":"anon","iat":{{now}},"exp":{{now + 315_360_000}}}"""));

        Assert.Equal(TokenFailure.WrongAudience, await scene.VerifyAsync(anon));
    }

    [Fact]
    public async Task Scope_and_role_together_obey_the_limit_of_grants()
    {
        string scope = string.Join(' ', Enumerable.Range(0, Grants.GrantsMax).Select(i => $"read:agents/a{i}"));

        Assert.Equal(
            TokenFailure.TooLarge, (await VerifyAsync($"\"tenant\":\"acme\",\"scope\":\"{scope}\"")).Failure);
        Assert.Equal(
            TokenFailure.None,
            (await VerifyAsync($"\"tenant\":\"acme\",\"scope\":\"{scope}\"", role: "other")).Failure);
    }

    private static async Task<TokenVerification> VerifyAsync(
        string metadata, AuthOptions? settings = null, string role = "authenticated", bool byPublishedKey = false)
    {
        await using JwksScene scene = await StartAsync(settings ?? Settings);
        long now = scene.Clock.GetUtcNow().ToUnixTimeSeconds();
        string more = metadata.Length == 0 ? "" : "," + metadata;
        string claims =
            $$$"""
            {"iss":"https://x.supabase.co/auth/v1","sub":"5c1f9c2e-0f6e-4e0e-8c8e-2f3c1b7a9d10","aud":"authenticated",
            "exp":{{{now + 3_600}}},"iat":{{{now}}},"email":"a@b.c","phone":"",
            "app_metadata":{"provider":"email","providers":["email"]{{{more}}}},
            "user_metadata":{"email":"a@b.c","email_verified":true},"role":"{{{role}}}","aal":"aal1",
            "amr":[{"method":"password","timestamp":{{{now}}}}],"session_id":"b3d9a0e5-8f2c-4f43-a3a5-0c9a1f0f2a11",
            "is_anonymous":false}
            """;

        // Supabase names its key in tokens of the shared secret too.
        byte[] head = """{"alg":"HS256","kid":"Yx2v1qk0Qf3m8hT9","typ":"JWT"}"""u8.ToArray();
        string token = byPublishedKey
            ? Key.Sign(claims)
            : TestTokens.SignBytes(head, Encoding.UTF8.GetBytes(claims));
        return await scene.Verifier.VerifyAsync(token, default);
    }

    private static Task<JwksScene> StartAsync(AuthOptions settings) => JwksScene.StartAsync(
        [Key],
        options => settings with
        {
            SigningKey = TestTokens.Key, JwksUrl = options.JwksUrl, JwksCaFile = options.JwksCaFile,
        });
}
