namespace Realtime.Devhost;

/// <summary>What the command line asks for. Secrets are not among it: they are made anew for each run.</summary>
internal sealed record DevhostOptions
{
    /// <summary>Port of the public https endpoint, default 8443; 0 = a free one.</summary>
    public int Port { get; init; } = 8443;

    /// <summary>Port of the admin endpoint, default 9443; 0 = a free one.</summary>
    public int AdminPort { get; init; } = 9443;

    /// <summary>How many workers, 1 to 16, default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary><c>HOST:PORT</c> of a Redis; null = the embedded log.</summary>
    public string? Redis { get; init; }

    /// <summary>Whether demo agents run, default true.</summary>
    public bool Demo { get; init; } = true;

    /// <summary>Where the ready file is written, if anywhere.</summary>
    public string? ReadyFile { get; init; }
}
