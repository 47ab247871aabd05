namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/tasks/{task}/terminal/end</c> with <c>{"exit_code":0}</c>. The first exit code stays; the same one
/// again is harmless.
/// </summary>
internal sealed class TerminalEndEndpoint(TerminalIngest terminals, TerminalCommand command)
{
    private static readonly NumberField[] Fields = [new("exit_code", int.MinValue, int.MaxValue)];

    public Task HandleAsync(HttpContext context, string task) => command.HandleAsync(
        context, IngestKind.TerminalEnd, task, "{\"exit_code\":0}", Fields,
        (terminal, claim, numbers) => terminals.EndAsync(
            terminal, exitCode: numbers[0], claim, context.RequestAborted));
}
