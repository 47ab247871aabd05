using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Hosting.Identity;

/// <summary>Which tokens are accepted.</summary>
public sealed record AuthOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane:auth";

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

    /// <summary>Path of the tenant's claim, with dots (default <c>tenant</c>; Supabase: <c>app_metadata.tenant</c>).</summary>
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
}
