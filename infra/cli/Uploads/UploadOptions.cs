namespace Realtime.Cli.Uploads;

/// <summary>How a terminal's bytes are kept and sent.</summary>
internal sealed record UploadOptions
{
    /// <summary>Most bytes that wait for the server.</summary>
    public long SpoolBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most of them in memory; the others are in a file.</summary>
    public int SpoolMemoryBytes { get; init; } = 1024 * 1024;

    /// <summary>Where that file is made.</summary>
    public string SpoolDirectory { get; init; } = Path.GetTempPath();

    /// <summary>
    /// How long a full spool holds the program up without a byte having been sent. After that its output is no longer
    /// recorded.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the end waits until all is sent.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the task's lease lives without us, so that viewers learn that we were killed; null = none is taken.
    /// </summary>
    public TimeSpan? LeaseTtl { get; init; }

    /// <summary>Offset of the first byte; null = behind what the terminal has.</summary>
    public long? Offset { get; init; }

    /// <summary>Whether the bytes are those of standard error.</summary>
    public bool IsStderr { get; init; }
}
