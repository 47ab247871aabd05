namespace Realtime.Loadtests.Targets;

/// <summary>
/// Which system is put under load: a running one by address or ready file, else one started for each run.
/// </summary>
internal sealed record TargetOptions
{
    /// <summary>Name of the environment variable with a viewer's token, as the devhost's banner exports it.</summary>
    public const string ViewerVariable = "VIEWER";

    /// <summary>Name of the environment variable with a publisher's token.</summary>
    public const string PublisherVariable = "PUBLISHER";

    /// <summary>Name of the environment variable with the path of the certificate to trust.</summary>
    public const string CertificateVariable = "CA";

    /// <summary>Https base address of a running edge.</summary>
    public Uri? Edge { get; init; }

    /// <summary>Ready file of a running devhost.</summary>
    public string? ReadyFile { get; init; }

    /// <summary>Certificate to trust; null = the machine's own, for an edge with a public certificate.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Processes to measure besides those of the ready file: name and id.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Processes { get; init; } = [];

    /// <summary>Whether a running system was named.</summary>
    public bool IsRunning => Edge is not null || ReadyFile is not null;

    /// <summary>Whether a system started here is edges, workers and Redis as processes, and not a devhost.</summary>
    public bool AsProcesses { get; init; }

    /// <summary>Edges of a system started here as processes; 0: clients go straight to the workers.</summary>
    public int Edges { get; init; } = 1;

    /// <summary>Workers of a system started here.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>
    /// The Redis of a system started here; null: a devhost has the embedded log, processes have one that is started.
    /// </summary>
    public RedisChoice? Redis { get; init; }

    /// <summary>Whether to take the servers as they were last built.</summary>
    public bool NoBuild { get; init; }
}
