using Realtime.Log;

namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/tasks/{task}/terminal/resize</c> with <c>{"cols":120,"rows":40}</c>: from the terminal's end on it has
/// this size. The same again is harmless.
/// </summary>
internal sealed class TerminalResizeEndpoint(TerminalIngest terminals, TerminalCommand command)
{
    private static readonly NumberField[] Fields =
    [
        new("cols", 1, LogLimits.TerminalColumnsMax),
        new("rows", 1, LogLimits.TerminalRowsMax),
    ];

    public Task HandleAsync(HttpContext context, string task) => command.HandleAsync(
        context, IngestKind.TerminalResize, task, "{\"cols\":120,\"rows\":40}", Fields,
        (terminal, claim, numbers) => terminals.ResizeAsync(
            terminal, new TerminalSize(numbers[0], numbers[1]), claim, context.RequestAborted));
}
