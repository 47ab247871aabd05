using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>Environment variables that override the file.</summary>
internal sealed class EnvironmentConfigurationSource(IDictionary variables) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) =>
        new EnvironmentConfigurationProvider(variables);
}
