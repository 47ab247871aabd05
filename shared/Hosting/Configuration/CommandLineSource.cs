using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>The command line, which overrides all else.</summary>
internal sealed class CommandLineSource(CommandLine commandLine) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new CommandLineProvider(commandLine);
}
