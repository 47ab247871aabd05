using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>Values of <c>--section:key value</c>.</summary>
internal sealed class CommandLineProvider(CommandLine commandLine) : ConfigurationProvider, IConfigurationOrigin
{
    public string Kind => "command line";

    public IReadOnlyList<ConfigurationError> Errors => commandLine.Errors;

    public IEnumerable<string> Keys => commandLine.Overrides.Keys;

    public string Describe(string key) => "command line";

    public override void Load()
    {
        foreach ((string key, string value) in commandLine.Overrides)
        {
            Data[key] = value;
        }
    }
}
