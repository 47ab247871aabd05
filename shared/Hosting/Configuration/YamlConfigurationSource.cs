using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary><c>realtime.yaml</c> as a source of configuration.</summary>
/// <param name="path">The file.</param>
/// <param name="pathOrigin">Who named the file, for the error when it is not there.</param>
internal sealed class YamlConfigurationSource(string path, string pathOrigin) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) =>
        new YamlConfigurationProvider(path, pathOrigin);
}
