using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Realtime.Log;

/// <summary>When producers are asked to pause, and may go on.</summary>
public sealed record BackpressureOptions : IValidatableObject
{
    /// <summary>
    /// Whether producers are slowed down at all; if not, a slow reader falls behind until retention. Default true.
    /// </summary>
    [ConfigurationKeyName("enabled")]
    public bool Enabled { get; init; } = true;

    /// <summary>Share of the queue depth at which producers are asked to pause. Default 0.8, 0.05 to 1.</summary>
    [ConfigurationKeyName("pause_producer_threshold")]
    [Range(0.05, 1)]
    public double PauseThreshold { get; init; } = 0.8;

    /// <summary>
    /// Share of the queue depth below which they may go on; at most the pause threshold. Default 0.5, 0.01 to 1.
    /// </summary>
    [ConfigurationKeyName("resume_threshold")]
    [Range(0.01, 1)]
    public double ResumeThreshold { get; init; } = 0.5;

    /// <summary>
    /// Bytes that the slowest live reader of a terminal may be behind before appends are refused; never more than what
    /// is retained of it. Default 8 MiB, 64 KiB to 1 GiB.
    /// </summary>
    [ConfigurationKeyName("terminal_depth_bytes")]
    [Range(64 * 1024, 1 << 30)]
    public int TerminalDepthBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ResumeThreshold > PauseThreshold)
        {
            yield return new ValidationResult(
                FormattableString.Invariant(
                    $"must not be above pause_producer_threshold ({PauseThreshold}); lower it, or raise the other"),
                [nameof(ResumeThreshold)]);
        }
    }
}
