namespace Realtime.Hosting.Configuration;

/// <summary>One value that a process runs with.</summary>
/// <param name="Key">The full key, parts separated by colons.</param>
/// <param name="Value">The value as it would stand in the file, a list separated by commas; null if it has none and no
/// default; of secrets only <see cref="EffectiveConfiguration.SecretIsSet"/>.</param>
/// <param name="Source"><c>file</c>, <c>environment</c>, <c>command line</c> or <c>default</c>.</param>
public readonly record struct EffectiveValue(string Key, string? Value, string Source);
