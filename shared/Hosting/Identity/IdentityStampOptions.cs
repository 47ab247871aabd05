using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity.Keys;

namespace Realtime.Hosting.Identity;

/// <summary>
/// The keys by which workers know that an identity was verified by an edge. The same in every process.
/// </summary>
public sealed record IdentityStampOptions : IValidatableObject
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane";

    internal const int KeysMax = 8;

    private const string Cure =
        "give the same list to every edge and worker by REALTIME__CONNECTION_PLANE__INTERNAL_KEYS"
        + " or internal_keys_file; make a key: openssl rand -base64 48";

    /// <summary>
    /// Keys, each at least 32 bytes of UTF-8, at most 8. All are accepted and the first signs, so that keys rotate: add
    /// the new one last everywhere, then make it the first, then drop the old one. No default.
    /// </summary>
    [ConfigurationKeyName("internal_keys")]
    public ImmutableArray<string> InternalKeys { get; init; } = [];

    /// <summary>
    /// File that holds keys, one a line; they come after those of <see cref="InternalKeys"/>. Read again when it
    /// changes; replace it by renaming another onto it.
    /// </summary>
    [ConfigurationKeyName("internal_keys_file")]
    public string? InternalKeysFile { get; init; }

    /// <summary>How long a stamp is accepted after it was made (1 s to 5 min; default 30 s).</summary>
    [ConfigurationKeyName("internal_stamp_lifetime"), DurationRange("1s", "5m")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// By how much a worker's clock may differ from what the edge believes that it shows (0 s to 1 min; default 5 s).
    /// Edges sign by the clock that the worker told with its last <c>/readyz</c>, so that the clocks of hosts may be
    /// apart by more.
    /// </summary>
    [ConfigurationKeyName("internal_clock_skew"), DurationRange("0s", "1m")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string[] keys = [];
        string? error = null;
        try
        {
            keys = ReadKeys();
        }
        catch (IOException)
        {
            error = "names a file that cannot be read; correct the path or the file's permissions";
        }

        if (error is not null)
        {
            yield return new(error, [nameof(InternalKeysFile)]);
        }
        else if (SecretRules.BrokenBy(keys, KeysMax, DevelopmentMode.IsOn(validationContext)) is string rule)
        {
            string cure = rule == PublicSecrets.Rule ? PublicSecrets.Cure : Cure;
            yield return new($"{rule}; {cure}", [nameof(InternalKeys)]);
        }
    }

    /// <summary>Whether a stamp of that time is to be believed now.</summary>
    internal bool IsTimely(DateTimeOffset issuedAt, DateTimeOffset now) =>
        now >= issuedAt - ClockSkew && now <= issuedAt + Lifetime + ClockSkew;

    /// <summary>All keys, the one that signs first.</summary>
    internal string[] ReadKeys() =>
        InternalKeysFile is null ? [.. InternalKeys] : [.. InternalKeys, .. SecretFile.ReadLines(InternalKeysFile)];
}
