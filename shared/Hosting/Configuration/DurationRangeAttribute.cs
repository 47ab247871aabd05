using System.ComponentModel.DataAnnotations;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// The range of a <see cref="TimeSpan"/> option, both ends allowed: <c>[DurationRange("1s", "1h")]</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    /// <summary>Shortest duration allowed.</summary>
    public TimeSpan Minimum { get; } = DurationText.Parse(minimum);

    /// <summary>Longest duration allowed.</summary>
    public TimeSpan Maximum { get; } = DurationText.Parse(maximum);

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is null || (value is TimeSpan duration && duration >= Minimum && duration <= Maximum);
}
