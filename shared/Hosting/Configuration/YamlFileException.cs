namespace Realtime.Hosting.Configuration;

/// <summary>A YAML file is not one that is read here.</summary>
/// <param name="line">The line, from 1; 0 if it is about the whole file.</param>
/// <param name="rule">What is wrong.</param>
/// <param name="cure">What to do.</param>
internal sealed class YamlFileException(int line, string rule, string cure) : Exception(rule)
{
    public int Line { get; } = line;

    public string Cure { get; } = cure;
}
