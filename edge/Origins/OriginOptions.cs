using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace Realtime.Edge.Origins;

/// <summary>Whose pages may use this edge from a browser.</summary>
internal sealed record OriginOptions : IValidatableObject
{
    public const string Section = EdgeOptions.Section;

    /// <summary>Most origins: each request that has one is compared with all.</summary>
    public const int OriginsMax = 100;

    /// <summary>
    /// Origins of pages, beside the edge's own, that may call the API, read event streams and open WebSockets (at most
    /// 100; default none): <c>https://host[:port]</c>, or <c>*</c> for all.
    /// </summary>
    [ConfigurationKeyName("allowed_origins"), MaxLength(OriginsMax)]
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string origin in AllowedOrigins.Where(origin => !AllowedOrigin.TryParse(origin, out _)))
        {
            yield return new($"{AllowedOrigin.Rule}, but has '{origin}'; correct it", [nameof(AllowedOrigins)]);
        }

        if (AllowedOrigins.Length > 1 && AllowedOrigins.Contains(AllowedOrigin.Any))
        {
            yield return new(
                "must be * alone, or a list of origins without it; drop one or the other", [nameof(AllowedOrigins)]);
        }
    }
}
