using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity.Jwks;
using Realtime.Hosting.Identity.Keys;
using Realtime.Protocol;

namespace Realtime.Hosting.Identity;

/// <summary>Which tokens are accepted.</summary>
public sealed record AuthOptions : IValidatableObject
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane:auth";

    internal const int SigningKeysMax = 5;

    private const int RoleScopesMax = 16;

    private const string Cure =
        "give the key of your identity provider by REALTIME__CONNECTION_PLANE__AUTH__SIGNING_KEY or signing_key_file,"
        + " or the address of its keys by jwks_url; for development make one: openssl rand -base64 48";

    /// <summary>
    /// Key of HS256 tokens, used as its UTF-8 bytes, at least 32. This or the file, or neither where
    /// <see cref="JwksUrl"/> is set; no default.
    /// </summary>
    [ConfigurationKeyName("signing_key")]
    public string? SigningKey { get; init; }

    /// <summary>
    /// File that holds such keys, 1 to 5, one a line; white space around them is dropped, and all verify. Read again
    /// when it changes; replace it by renaming another onto it.
    /// </summary>
    [ConfigurationKeyName("signing_key_file")]
    public string? SigningKeyFile { get; init; }

    /// <summary>
    /// Where the identity provider publishes the keys of RS256 and ES256 tokens, an <c>https</c> address
    /// (<c>http</c> for this machine only); none by default.
    /// </summary>
    [ConfigurationKeyName("jwks_url"), StringLength(2_048)]
    public string? JwksUrl { get; init; }

    /// <summary>
    /// PEM file of the authorities that its certificate must come from; those of the system by default. Read again for
    /// each request.
    /// </summary>
    [ConfigurationKeyName("jwks_ca_file")]
    public string? JwksCaFile { get; init; }

    /// <summary>How often its keys are fetched (1 min to 24 h; default 10 min, less up to a fifth by chance).</summary>
    [ConfigurationKeyName("jwks_refresh"), DurationRange("1m", "24h")]
    public TimeSpan JwksRefresh { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// At most how often tokens of a key that is not known may have them fetched besides (1 s to 10 min; default 10 s).
    /// </summary>
    [ConfigurationKeyName("jwks_min_interval"), DurationRange("1s", "10m")]
    public TimeSpan JwksMinInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long fetching may take, and a token of a key that is not known wait (100 ms to 30 s; default 5 s).
    /// </summary>
    [ConfigurationKeyName("jwks_timeout"), DurationRange("100ms", "30s")]
    public TimeSpan JwksTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long keys that are known hold, beyond <see cref="JwksRefresh"/>, while they cannot be fetched again (0 s to
    /// 30 days; default 24 h).
    /// </summary>
    [ConfigurationKeyName("jwks_stale_max"), DurationRange("0s", "720h")]
    public TimeSpan JwksStaleMax { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The audience that must be among the token's (default <c>authenticated</c>).</summary>
    [ConfigurationKeyName("audience"), Required, StringLength(256)]
    public string Audience { get; init; } = "authenticated";

    /// <summary>The issuer that the token must have; none by default: any.</summary>
    [ConfigurationKeyName("issuer"), StringLength(1_024)]
    public string? Issuer { get; init; }

    /// <summary>
    /// Path of the tenant's claim, with dots (default <c>tenant</c>; Supabase: <c>app_metadata.tenant</c>).
    /// </summary>
    [ConfigurationKeyName("tenant_claim"), Required, StringLength(256)]
    public string TenantClaim { get; init; } = "tenant";

    /// <summary>
    /// The tenant of tokens that have no such claim; none by default: they are refused. Not for one that is wrong.
    /// </summary>
    [ConfigurationKeyName("default_tenant")]
    public string? DefaultTenant { get; init; }

    /// <summary>Path of the subject's claim (default <c>sub</c>).</summary>
    [ConfigurationKeyName("subject_claim"), Required, StringLength(256)]
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>Path of the scope's claim, a string or an array of strings (default <c>scope</c>).</summary>
    [ConfigurationKeyName("scope_claim"), Required, StringLength(256)]
    public string ScopeClaim { get; init; } = "scope";

    /// <summary>Path of the role's claim, for <see cref="RoleScopes"/> (default <c>role</c>).</summary>
    [ConfigurationKeyName("role_claim"), Required, StringLength(256)]
    public string RoleClaim { get; init; } = "role";

    /// <summary>What roles mean (at most 16; none by default): their scopes are added to the token's.</summary>
    [ConfigurationKeyName("role_scopes"), MaxLength(RoleScopesMax)]
    public ImmutableArray<RoleScope> RoleScopes { get; init; } = [];

    /// <summary>By how much clocks may differ (0 s to 5 min; default 30 s).</summary>
    [ConfigurationKeyName("clock_skew"), DurationRange("0s", "5m")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        ValidateKeys(DevelopmentMode.IsOn(validationContext)).Concat(ValidateJwks()).Concat(ValidateClaims());

    /// <summary>The shared secrets, of whichever place they stand in.</summary>
    internal string[] ReadSigningKeys() =>
        SigningKeyFile is not null ? SecretFile.ReadLines(SigningKeyFile) : SigningKey is null ? [] : [SigningKey];

    private IEnumerable<ValidationResult> ValidateKeys(bool isDevelopment)
    {
        string member = SigningKey is null && SigningKeyFile is not null ? nameof(SigningKeyFile) : nameof(SigningKey);
        if (SigningKey is not null && SigningKeyFile is not null)
        {
            yield return new("and signing_key_file are both set; remove one", [member]);
        }
        else if (SigningKey is null && SigningKeyFile is null && JwksUrl is null)
        {
            yield return new($"is required; {Cure}", [member]);
        }
        else if ((SigningKey is not null || SigningKeyFile is not null) && ErrorOfKeys(isDevelopment) is string error)
        {
            yield return new(error, [member]);
        }
    }

    private string? ErrorOfKeys(bool isDevelopment)
    {
        try
        {
            return SecretRules.BrokenBy(ReadSigningKeys(), SigningKeysMax, isDevelopment) is string rule
                ? $"{rule}; {(rule == PublicSecrets.Rule ? PublicSecrets.Cure : Cure)}"
                : null;
        }
        catch (IOException)
        {
            return "names a file that cannot be read; correct the path or the file's permissions";
        }
    }

    private IEnumerable<ValidationResult> ValidateJwks()
    {
        if (JwksUrl is not null && !IsAddressOfKeys(JwksUrl))
        {
            yield return new(
                "must be an https address without a user; give the one at which your identity provider publishes keys,"
                + " such as https://id.example.org/.well-known/jwks.json",
                [nameof(JwksUrl)]);
        }

        if (JwksCaFile is not null && !IsCaFile(JwksCaFile))
        {
            yield return new(
                "must be a readable PEM file of certificates; correct the path or the file", [nameof(JwksCaFile)]);
        }
    }

    private IEnumerable<ValidationResult> ValidateClaims()
    {
        foreach ((string path, string member) in new[]
        {
            (TenantClaim, nameof(TenantClaim)), (SubjectClaim, nameof(SubjectClaim)),
            (ScopeClaim, nameof(ScopeClaim)), (RoleClaim, nameof(RoleClaim)),
        })
        {
            if (path.Split('.').Any(part => part.Length == 0))
            {
                yield return new("is not a path of claims; write for example app_metadata.tenant", [member]);
            }
        }

        if (DefaultTenant is not null && !EntityName.IsValid(DefaultTenant))
        {
            yield return new($"must be {EntityName.Rule}; give a name, or remove it", [nameof(DefaultTenant)]);
        }

        if (RoleScopes.Any(one => !Grants.IsWhole(one.Scope)))
        {
            yield return new(
                "must name grants only, at most 64 for a role; write for example read:* or publish:agents/a*",
                [nameof(RoleScopes)]);
        }
    }

    private static bool IsAddressOfKeys(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.UserInfo.Length == 0 && address.Fragment.Length == 0;

    private static bool IsCaFile(string path)
    {
        try
        {
            return JwksClient.AuthoritiesOf(path).Count > 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }
}
