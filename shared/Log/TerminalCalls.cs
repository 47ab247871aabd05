namespace Realtime.Log;

/// <summary>Calls to terminals by who claims none.</summary>
public static class TerminalCalls
{
    /// <inheritdoc cref="IPartitionedLog.ResizeTerminalAsync"/>
    public static Task<TerminalResizeResult> ResizeTerminalAsync(
        this IPartitionedLog log, TerminalKey terminal, TerminalSize size, CancellationToken cancellationToken) =>
        log.ResizeTerminalAsync(terminal, size, claim: null, cancellationToken);

    /// <inheritdoc cref="IPartitionedLog.EndTerminalAsync"/>
    public static Task<TerminalEndResult> EndTerminalAsync(
        this IPartitionedLog log, TerminalKey terminal, int exitCode, CancellationToken cancellationToken) =>
        log.EndTerminalAsync(terminal, exitCode, claim: null, cancellationToken);
}
