using System.Collections.Immutable;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// The configuration does not allow a start; holds all errors at once. Its message is for the operator.
/// </summary>
public sealed class ConfigurationErrorException(ImmutableArray<ConfigurationError> errors)
    : Exception($"The configuration has {errors.Length} error(s):\n  {string.Join("\n  ", errors)}")
{
    /// <summary>All of them.</summary>
    public ImmutableArray<ConfigurationError> Errors { get; } = errors;
}
