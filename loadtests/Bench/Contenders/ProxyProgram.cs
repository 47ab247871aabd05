using System.Globalization;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>A proxy that is not ours, and how it is told to be one with TLS before one server.</summary>
/// <param name="Name">Its program.</param>
/// <param name="Package">Its package in Debian.</param>
/// <param name="Template">Its configuration file below <c>peers</c>; <c>@LISTEN@</c>, <c>@WORKER@</c> (ports) and
/// <c>@CERTIFICATE@</c> are filled in.</param>
/// <param name="Arguments">Its command line, by the path of that file.</param>
internal sealed record ProxyProgram(
    string Name, string Package, string Template, Func<string, IEnumerable<string>> Arguments)
{
    /// <summary>nginx, in one process that serves.</summary>
    public static ProxyProgram Nginx { get; } = new(
        "nginx", "nginx-light", "nginx/nginx.conf", file => ["-c", file, "-e", "stderr"]);

    /// <summary>HAProxy, in one process.</summary>
    public static ProxyProgram Haproxy { get; } = new(
        "haproxy", "haproxy", "haproxy/haproxy.conf", file => ["-db", "-f", file]);

    /// <summary>Its configuration.</summary>
    public string Configuration(int listen, int worker, string certificate) =>
        File.ReadAllText(Path.Combine(PeerFolder.Path, Template))
            .Replace("@LISTEN@", listen.ToString(CultureInfo.InvariantCulture))
            .Replace("@WORKER@", worker.ToString(CultureInfo.InvariantCulture))
            .Replace("@CERTIFICATE@", certificate);
}
