using Realtime.Client;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Chaos.Checking;

namespace Realtime.Tests.Chaos.Clients;

/// <summary>A client that watches events by the C# SDK, and leaves and comes back if that is its habit. What it is
/// given goes to its view, untouched.</summary>
internal sealed class EventViewer(
    ClientSeat seat, ClientHabits habits, Ledger ledger, IReadOnlyList<EventPosition> first, Random random)
{
    private EventSubscriptionOptions _options = new()
    {
        Channels = habits.Filter.Channels is { } channels ? [.. channels.Select(ChannelOf)] : null,
        Agents = habits.Filter.Agents,
        Tasks = habits.Filter.Tasks,
        Projects = habits.Filter.Projects,
        Types = habits.Filter.Types,
        After = habits.Start == ViewStart.First ? first : null,
        Snapshot = habits.Start == ViewStart.Snapshot,
    };

    /// <summary>What it saw.</summary>
    public ClientView View { get; } = new(seat.Name, habits.Filter, habits.Start);

    /// <summary>Whether it stands where it will be told of everything new.</summary>
    public bool IsWatching { get; private set; }

    /// <summary>Watches until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await seat.AwayAsync(ledger, habits.ComesAt, stopping);
            while (true)
            {
                await VisitAsync(stopping);
                IsWatching = false;
                View.Note("leaves");
                await seat.AwayAsync(ledger, ledger.SentCount + random.Next(20, 800), stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (Exception failure)
        {
            View.Failed($"failed: {failure.Message}");
        }
    }

    private async Task VisitAsync(CancellationToken stopping)
    {
        View.AskedAt ??= TimeProvider.System.GetTimestamp();
        seat.Comes();
        await using RealtimeClient client = seat.Connect(habits.SpeaksJson, View.Note);
        View.Note($"subscribes: {habits.Filter} {habits.Start} after {_options.After?.Count ?? 0} positions");
        await using EventSubscription subscription = client.Subscribe(_options);
        subscription.StatusChanged += (_, status) =>
        {
            View.Note($"{status}");
            if (status == SubscriptionStatus.Active)
            {
                seat.IsDelivered();
            }
        };
        Task watching = WatchAsync(subscription, stopping);
        await Task.WhenAny(subscription.WhenActiveAsync(stopping), watching);
        View.ActiveAt = Math.Min(View.ActiveAt, ledger.Now());
        IsWatching = true;
        await watching;
        _options = _options with
        {
            After = subscription.Cursor,
            Snapshot = habits.Start == ViewStart.Snapshot && !View.IsComplete,
        };
    }

    private async Task WatchAsync(EventSubscription subscription, CancellationToken stopping)
    {
        int stays = habits.Roams ? random.Next(1, 60) : int.MaxValue;
        await foreach (SubscriptionItem item in subscription.WithCancellation(stopping))
        {
            bool mayLeave = habits.Start != ViewStart.Snapshot || View.IsComplete;
            if (stays-- <= 0 && mayLeave && !seat.MustStay)
            {
                // This one is not taken: it must come again.
                return;
            }

            Take(item);
        }
    }

    private void Take(SubscriptionItem item)
    {
        switch (item)
        {
            case EventItem { Origin: EventOrigin.Snapshot, Event: var value }:
                View.SawValue(value.StateKey ?? "none", value.Id.ToString(), KeyOf(value));
                break;
            case EventItem { Event: var e }:
                View.Saw(e.Id.ToString(), KeyOf(e));
                break;
            case SnapshotItem:
                View.Completed();
                break;
            case GapItem { Gap: var gap }:
                View.ToldGap(gap.ToString());
                break;
            default:
                View.Failed($"got {item}");
                break;
        }
    }

    private static string KeyOf(AgentEvent e) =>
        EventKey.Of(e.Payload) ?? throw new FormatException($"{e.Id} has the payload {e.Payload}");

    private static Channel ChannelOf(string name) =>
        ChannelNames.TryParse(name, out Channel channel) ? channel : throw new FormatException(name);
}
