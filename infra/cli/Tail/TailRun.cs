using Realtime.Cli.Connections;
using Realtime.Client;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Cli.Tail;

/// <summary>Shows past events, then those that come.</summary>
internal sealed class TailRun(CommandContext context, ConnectionSettings settings, FirstConnection first)
{
    // What one request may ask for.
    private const int PageMax = 1000;

    private int _shown;

    public required EventSubscriptionOptions Subscription { get; init; }

    /// <summary>Which past events; null = none.</summary>
    public required LatestQuery? Past { get; init; }

    public required bool Follows { get; init; }

    /// <summary>After how many events it ends.</summary>
    public required int Count { get; init; }

    public required bool IsJson { get; init; }

    /// <summary>Runs it.</summary>
    public async Task<int> RunAsync()
    {
        using var interrupts = new Interrupts();
        using IEventWriter writer = IsJson ? new JsonEventWriter() : new TableEventWriter(context.Output);
        try
        {
            await using RealtimeClient client = Follows
                ? await first.ConnectAsync(context, settings, interrupts.Asked)
                : ConnectionSettings.CreateClient(settings.ToOptions());
            EventSubscriptionOptions subscription = Past is null
                ? Subscription
                : Subscription with { After = await ShowPastAsync(client, writer, Past, interrupts.Asked) };
            if (Follows && _shown < Count)
            {
                await FollowAsync(client, writer, subscription, interrupts.Asked);
            }

            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (interrupts.Asked.IsCancellationRequested)
        {
            return interrupts.ExitCode;
        }
        catch (RealtimeException failure)
        {
            throw new CliException(Failures.Describe(failure, settings.Url), Failures.ExitCodeOf(failure));
        }
    }

    // Newest pages first, each oldest first; shown once the oldest is known.
    private async Task<IReadOnlyList<EventPosition>> ShowPastAsync(
        RealtimeClient client, IEventWriter writer, LatestQuery query, CancellationToken cancellationToken)
    {
        var pages = new Stack<IReadOnlyList<AgentEvent>>();
        IReadOnlyList<EventPosition>? cursor = null;
        int wanted = query.Last;
        LatestPage page;
        do
        {
            page = await client.ReadLatestAsync(query with { Last = Math.Min(wanted, PageMax) }, cancellationToken);
            cursor ??= page.Cursor;
            pages.Push(page.Events);
            wanted -= page.Events.Count;
            query = query with { Before = page.Before };
        }
        while (wanted > 0 && page.More);

        foreach (AgentEvent past in pages.SelectMany(events => events))
        {
            Show(writer, past);
        }

        return cursor;
    }

    private async Task FollowAsync(
        RealtimeClient client, IEventWriter writer, EventSubscriptionOptions options,
        CancellationToken cancellationToken)
    {
        await foreach (SubscriptionItem item in client.Subscribe(options).WithCancellation(cancellationToken))
        {
            switch (item)
            {
                case EventItem { Event: var happened }:
                    Show(writer, happened);
                    if (_shown >= Count)
                    {
                        return;
                    }

                    break;
                case GapItem { Gap: var gap }:
                    string missing = gap.Missing is { } count
                        ? $"{count} events of partition {gap.Partition} are gone"
                        : $"events of partition {gap.Partition} may be gone, nobody knows how many";
                    context.Notices.Error($"{missing} ({GapReasons.NameOf(gap.Reason)})");
                    break;
                case ConflatedItem { Count: var left }:
                    context.Notices.Detail($"{left} older values were left out");
                    break;
            }
        }
    }

    private void Show(IEventWriter writer, AgentEvent happened)
    {
        if (_shown < Count)
        {
            writer.Write(happened);
            _shown++;
        }
    }
}
