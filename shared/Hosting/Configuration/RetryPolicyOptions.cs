using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>How a failed step of a workflow is tried again.</summary>
public sealed record RetryPolicyOptions
{
    /// <summary>Attempts in all, the first included (1 to 100; default 3).</summary>
    [ConfigurationKeyName("max_attempts"), Range(1, 100)]
    public int MaxAttempts { get; init; } = 3;

    /// <summary>
    /// Wait before the second attempt, doubled for each later one, in milliseconds (1 to 3,600,000; default 1,000).
    /// </summary>
    [ConfigurationKeyName("backoff_base_ms"), Range(1, 3_600_000)]
    public int BackoffBaseMs { get; init; } = 1_000;

    /// <summary>Share of the wait that is random (0 to 1; default 0.3).</summary>
    [ConfigurationKeyName("jitter_factor"), Range(0.0, 1.0)]
    public double JitterFactor { get; init; } = 0.3;
}
