namespace Realtime.Log;

/// <summary>Which output of a task terminal bytes come from.</summary>
public enum TerminalSource : byte
{
    /// <summary>Standard output, or a pseudo-terminal, which knows no difference.</summary>
    Stdout = 0,

    /// <summary>Standard error.</summary>
    Stderr = 1,
}
