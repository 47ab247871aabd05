using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace Realtime.Edge.Door;

/// <summary>Who stands before this edge and may say whose requests it carries.</summary>
internal sealed record ProxyOptions : IValidatableObject
{
    public const string Section = EdgeOptions.Section;

    /// <summary>Most networks: each socket's address is compared with all.</summary>
    public const int NetworksMax = 64;

    /// <summary>
    /// Networks of proxies whose <c>X-Forwarded-For</c> is believed (at most 64; default none): addresses or CIDR such
    /// as <c>10.0.0.0/8</c>. The client is the right-most address that is in none of them.
    /// </summary>
    [ConfigurationKeyName("trusted_proxies"), MaxLength(NetworksMax)]
    public ImmutableArray<string> TrustedProxies { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        TrustedProxies.Where(text => !Door.TrustedProxies.TryParse(text, out _)).Select(text => new ValidationResult(
            $"must list addresses or networks such as 10.0.0.0/8 or fd00::/8, but has '{text}'; correct it",
            [nameof(TrustedProxies)]));
}
