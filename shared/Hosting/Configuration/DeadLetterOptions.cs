using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>What becomes of a workflow's step that failed for good.</summary>
public sealed record DeadLetterOptions
{
    /// <summary>Whether it is kept for inspection (default true).</summary>
    [ConfigurationKeyName("enabled")]
    public bool Enabled { get; init; } = true;

    /// <summary>Whether an operator is alerted when the store of failed steps overflows (default true).</summary>
    [ConfigurationKeyName("alert_on_overflow")]
    public bool AlertOnOverflow { get; init; } = true;
}
