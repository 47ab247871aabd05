using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Hosting.Identity;

/// <summary>Which tokens are accepted.</summary>
public sealed record AuthOptions : IValidatableObject
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane:auth";

    private const string Cure =
        "give the key of your identity provider by REALTIME__CONNECTION_PLANE__AUTH__SIGNING_KEY or signing_key_file;"
        + " for development make one: openssl rand -base64 48";

    /// <summary>Key of HS256 tokens, used as its UTF-8 bytes, at least 32. This or the file; no default.</summary>
    [ConfigurationKeyName("signing_key")]
    public string? SigningKey { get; init; }

    /// <summary>File that holds the key; white space around it is dropped.</summary>
    [ConfigurationKeyName("signing_key_file")]
    public string? SigningKeyFile { get; init; }

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

    /// <summary>Path of the subject's claim (default <c>sub</c>).</summary>
    [ConfigurationKeyName("subject_claim"), Required, StringLength(256)]
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>Path of the scope's claim, a string or an array of strings (default <c>scope</c>).</summary>
    [ConfigurationKeyName("scope_claim"), Required, StringLength(256)]
    public string ScopeClaim { get; init; } = "scope";

    /// <summary>By how much clocks may differ (0 s to 5 min; default 30 s).</summary>
    [ConfigurationKeyName("clock_skew"), DurationRange("0s", "5m")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SigningKey is not null && SigningKeyFile is not null)
        {
            yield return new("and signing_key_file are both set; remove one", [nameof(SigningKey)]);
        }
        else if (SigningKey is null && SigningKeyFile is null)
        {
            yield return new($"is required; {Cure}", [nameof(SigningKey)]);
        }
        else if (SigningKey is not null && !SecretFile.IsKey(SigningKey))
        {
            yield return new($"must have at least 32 bytes; {Cure}", [nameof(SigningKey)]);
        }
        else if (SigningKeyFile is not null && ErrorOfFile() is string error)
        {
            yield return new(error, [nameof(SigningKeyFile)]);
        }

        if (HasEmptyPart(TenantClaim))
        {
            yield return new("is not a path of claims; write for example app_metadata.tenant", [nameof(TenantClaim)]);
        }
    }

    /// <summary>The key's bytes, of whichever place it stands in.</summary>
    internal byte[] ReadSigningKey() =>
        Encoding.UTF8.GetBytes(SigningKey ?? SecretFile.ReadLines(SigningKeyFile!).Single());

    private static bool HasEmptyPart(string path) => path.Split('.').Any(part => part.Length == 0);

    private string? ErrorOfFile()
    {
        try
        {
            return SecretFile.ReadLines(SigningKeyFile!) is [string key] && SecretFile.IsKey(key)
                ? null
                : $"must name a file with one key of at least 32 bytes; {Cure}";
        }
        catch (IOException)
        {
            return "names a file that cannot be read; correct the path or the file's permissions";
        }
    }
}
