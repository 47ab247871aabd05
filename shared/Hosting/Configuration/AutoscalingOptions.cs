using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>How the deployment scales workers. Feeds the deployment files; checked by every process.</summary>
public sealed record AutoscalingOptions : IValidatableObject
{
    /// <summary>What is measured (default and only: <c>active_connections</c>).</summary>
    [ConfigurationKeyName("metric")]
    public AutoscalingMetric Metric { get; init; } = AutoscalingMetric.ActiveConnections;

    /// <summary>The metric per worker to aim at (1 to 1,000,000; default 1,500).</summary>
    [ConfigurationKeyName("target"), Range(1, 1_000_000)]
    public int Target { get; init; } = 1_500;

    /// <summary>Fewest workers (1 to 1,000; default 2).</summary>
    [ConfigurationKeyName("min"), Range(1, 1_000)]
    public int Min { get; init; } = 2;

    /// <summary>Most workers (1 to 1,000, not below min; default 20).</summary>
    [ConfigurationKeyName("max"), Range(1, 1_000)]
    public int Max { get; init; } = 20;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Min > Max)
        {
            yield return new($"must not be above max ({Max}); lower min or raise max", [nameof(Min)]);
        }
    }
}
