using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>The orchestration plane: steps of workflows.</summary>
public sealed record OrchestrationPlaneOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "orchestration_plane";

    /// <summary>How long a step's result is remembered, in hours (1 to 720; default 48).</summary>
    [ConfigurationKeyName("idempotency_window_hours"), Range(1, 720)]
    public int IdempotencyWindowHours { get; init; } = 48;

    /// <summary>How a failed step is tried again.</summary>
    [ConfigurationKeyName("retry_policy")]
    public RetryPolicyOptions RetryPolicy { get; init; } = new();

    /// <summary>What becomes of a step that failed for good.</summary>
    [ConfigurationKeyName("dead_letter")]
    public DeadLetterOptions DeadLetter { get; init; } = new();
}
