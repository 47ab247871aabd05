namespace Realtime.Loadtests.Targets;

/// <summary>Paths of the programs that a system is started from.</summary>
/// <param name="Devhost">Everything in one process; empty where it is not wanted.</param>
/// <param name="Edge">The edge; likewise.</param>
/// <param name="Worker">The worker; likewise.</param>
internal sealed record SystemPrograms(string Devhost, string Edge, string Worker)
{
    /// <summary>Finds those that are needed, built anew unless told not to.</summary>
    /// <exception cref="TargetException">One is not there, or does not build.</exception>
    public static async Task<SystemPrograms> FindAsync(
        bool devhost, bool processes, bool build, CancellationToken stopping) =>
        new(
            devhost ? await ServerProgram.Devhost.FindAsync(build, stopping) : string.Empty,
            processes ? await ServerProgram.Edge.FindAsync(build, stopping) : string.Empty,
            processes ? await ServerProgram.Worker.FindAsync(build, stopping) : string.Empty);
}
