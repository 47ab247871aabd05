using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Forwarding;

/// <summary>When a worker that fails again and again is left alone, and for how long.</summary>
internal sealed record BreakerOptions : IValidatableObject
{
    public const string Section = "connection_plane:edge:breaker";

    /// <summary>Failures in a row that open it (1 to 100; default 3).</summary>
    [ConfigurationKeyName("failures_max"), Range(1, 100)]
    public int FailuresMax { get; init; } = 3;

    /// <summary>
    /// How long it is open the first time (100 ms to 10 min; default 1 s); each time more, twice as long.
    /// </summary>
    [ConfigurationKeyName("open_for"), DurationRange("100ms", "10m")]
    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that it is open (100 ms to 10 min; default 30 s).</summary>
    [ConfigurationKeyName("open_for_max"), DurationRange("100ms", "10m")]
    public TimeSpan OpenForMax { get; init; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OpenForMax < OpenFor)
        {
            yield return new("must not be less than open_for; raise it, or lower open_for", [nameof(OpenForMax)]);
        }
    }
}
