using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>Where the peers' programs and files stand, and what is installed of others.</summary>
internal static class PeerFolder
{
    // Where Debian has servers, which is not on everybody's path.
    private const string Servers = "/usr/sbin";

    /// <summary><c>loadtests/peers</c>.</summary>
    public static string Path => System.IO.Path.Combine(ServerProgram.FindRoot(), "loadtests", "peers");

    /// <summary>The path of a program; null if it is not installed.</summary>
    public static string? FindProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':').Append(Servers)
        .Select(folder => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Sees that a program is installed.</summary>
    /// <exception cref="TargetException">It is not.</exception>
    public static string RequireProgram(string name, string package) => FindProgram(name)
        ?? throw new TargetException(
            $"The peer needs {name}, which is not installed. Debian: apt-get install -y --no-install-recommends "
            + $"{package}. Or leave the peer out.");
}
