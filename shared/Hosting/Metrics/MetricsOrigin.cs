using System.Reflection;

namespace Realtime.Hosting.Metrics;

/// <summary>Whose metrics they are.</summary>
/// <param name="Role">What kind of process: <c>edge</c> or <c>worker</c>.</param>
/// <param name="Id">Its name among its kind.</param>
public sealed record MetricsOrigin(string Role, string Id)
{
    /// <summary>The version of the product.</summary>
    public string Version { get; } = typeof(MetricsOrigin).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
