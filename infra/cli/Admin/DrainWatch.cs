using System.Text.Json;

namespace Realtime.Cli.Admin;

/// <summary>Tells how a drain goes on, until it is over. Whoever stops watching stops nothing else.</summary>
internal sealed class DrainWatch(CommandContext context, AdminClient client)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Where no drain was told yet.</summary>
    private static readonly TimeSpan PatienceDefault = TimeSpan.FromSeconds(30);

    /// <summary>Watches the worker or edge of a path.</summary>
    /// <param name="path">Where it is told how far it is.</param>
    /// <param name="document">How far it is now.</param>
    /// <param name="interrupts">Ctrl+C.</param>
    /// <returns>The exit code, and the last that was told.</returns>
    public async Task<(int ExitCode, JsonElement Document)> WatchAsync(
        string path, JsonElement document, Interrupts interrupts)
    {
        string told = string.Empty;
        long heardAt = context.Clock.GetTimestamp();
        TimeSpan patience = PatienceDefault;
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

                if (AdminTable.TextOf(document, "state") == "draining")
                {
                    heardAt = context.Clock.GetTimestamp();
                    patience = PatienceOf(document) ?? patience;
                }

                if (ExitCodeOf(document, context.Clock.GetElapsedTime(heardAt) > patience) is { } exitCode)
                {
                    return (exitCode, document);
                }

                await Task.Delay(Interval, context.Clock, interrupts.Asked);
                try
                {
                    document = await client.AskAsync(HttpMethod.Get, path, interrupts.Asked);
                }
                catch (CliException failure) when (failure.ExitCode == ExitCodes.Unreachable
                    && context.Clock.GetElapsedTime(heardAt) <= patience)
                {
                    context.Notices.Info($"{failure.Message} The drain goes on; it is asked again.");
                }
            }
        }
        catch (OperationCanceledException) when (interrupts.Asked.IsCancellationRequested)
        {
            context.Notices.Info("no longer watched; the drain goes on");
            return (interrupts.ExitCode, document);
        }
    }

    /// <summary>
    /// How it came out; null as long as that is open. One late probe, or one answer that is missing, ends no drain: it
    /// has failed if the worker or edge itself says that it serves again, or says nothing for as long as the drain may
    /// take.
    /// </summary>
    internal static int? ExitCodeOf(JsonElement document, bool isOverdue) => AdminTable.TextOf(document, "state") switch
    {
        "drained" => ExitCodes.Ok,
        "serving" or "undraining" => ExitCodes.Failed,
        "ready" when AdminTable.TextOf(document, "status.state") == "serving" => ExitCodes.Failed,
        "draining" => null,
        _ => isOverdue ? ExitCodes.Failed : null,
    };

    /// <summary>How long the drain may take in all.</summary>
    private static TimeSpan? PatienceOf(JsonElement document) =>
        document.TryGetProperty("drain", out JsonElement drain) && drain.ValueKind == JsonValueKind.Object
            && drain.TryGetProperty("started_at", out JsonElement start) && start.TryGetInt64(out long startedAt)
            && drain.TryGetProperty("deadline_at", out JsonElement end) && end.TryGetInt64(out long deadlineAt)
            ? TimeSpan.FromMilliseconds(deadlineAt - startedAt)
            : null;
}
