namespace Realtime.Client;

/// <summary>The task has ended; nothing follows.</summary>
/// <param name="ExitCode">Its exit code.</param>
public sealed record TerminalEndItem(int ExitCode) : TerminalItem;
