namespace Realtime.Client;

/// <summary>Where a program wrote bytes.</summary>
public enum TerminalStream
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}
