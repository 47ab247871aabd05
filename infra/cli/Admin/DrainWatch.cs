using System.Text.Json;

namespace Realtime.Cli.Admin;

/// <summary>Tells how a drain goes on, until it is over. Whoever stops watching stops nothing else.</summary>
internal sealed class DrainWatch(CommandContext context, AdminClient client)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Watches the worker or edge of a path.</summary>
    /// <param name="path">Where it is told how far it is.</param>
    /// <param name="document">How far it is now.</param>
    /// <param name="interrupts">Ctrl+C.</param>
    /// <returns>The exit code, and the last that was told.</returns>
    public async Task<(int ExitCode, JsonElement Document)> WatchAsync(
        string path, JsonElement document, Interrupts interrupts)
    {
        string told = string.Empty;
        try
        {
            while (true)
            {
                string now = DrainText.Of(document);
                if (now != told)
                {
                    context.Notices.Info(now);
                    told = now;
                }

                string state = AdminTable.TextOf(document, "state");
                if (state is not "draining")
                {
                    // Undone by somebody, or its process is gone.
                    return (state == "drained" ? ExitCodes.Ok : ExitCodes.Failed, document);
                }

                await Task.Delay(Interval, context.Clock, interrupts.Asked);
                document = await client.AskAsync(HttpMethod.Get, path, interrupts.Asked);
            }
        }
        catch (OperationCanceledException) when (interrupts.Asked.IsCancellationRequested)
        {
            context.Notices.Info("no longer watched; the drain goes on");
            return (interrupts.ExitCode, document);
        }
    }
}
