namespace Realtime.Hosting.Configuration;

/// <summary>
/// A source of configuration that can say where a value of it stands: file and line, variable, command line.
/// </summary>
internal interface IConfigurationOrigin
{
    /// <summary>What it is, in a word or two.</summary>
    string Kind { get; }

    /// <summary>What made it unreadable; nothing of it is used then.</summary>
    IReadOnlyList<ConfigurationError> Errors { get; }

    /// <summary>All keys that it gives, empty sections included.</summary>
    IEnumerable<string> Keys { get; }

    /// <summary>Where a key of it stands, for an operator.</summary>
    string Describe(string key);
}
