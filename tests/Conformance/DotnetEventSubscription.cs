using System.Text.Json.Nodes;
using Realtime.Client;

namespace Realtime.Tests.Conformance;

/// <summary>A subscription to events.</summary>
internal sealed class DotnetEventSubscription : IDotnetSubscription
{
    private readonly EventSubscription _subscription;
    private readonly Action<string, JsonObject> _report;
    private readonly DotnetReading<SubscriptionItem> _reading;

    public DotnetEventSubscription(EventSubscription subscription, Action<string, JsonObject> report)
    {
        _subscription = subscription;
        _report = report;
        _reading = new DotnetReading<SubscriptionItem>(
            subscription, handler => subscription.RunAsync(handler), Tell, report);
        subscription.StatusChanged += (_, status) => report("status", DotnetJson.Of(status));
    }

    public JsonArray Cursor => DotnetJson.Of(_subscription.Cursor);

    public JsonObject Buffered => new()
    {
        ["items"] = _subscription.BufferedItems,
        ["bytes"] = _subscription.BufferedBytes,
        ["items_max"] = _subscription.BufferedItemsPeak,
        ["bytes_max"] = _subscription.BufferedBytesPeak,
    };

    public void Start(string consume) => _reading.Start(consume);

    public Task TakeAsync(int count) => _reading.TakeAsync(count);

    public Task WhenActiveAsync() => _subscription.WhenActiveAsync();

    public Task PauseAsync() => _subscription.PauseAsync();

    public Task ResumeAsync() => _subscription.ResumeAsync();

    public async Task UnsubscribeAsync()
    {
        await _subscription.DisposeAsync();
        await _reading.EndedAsync();
    }

    public Task EndedAsync() => _reading.EndedAsync();

    private void Tell(SubscriptionItem item)
    {
        switch (item)
        {
            case EventItem { Event: var seen, Origin: var origin }:
                _report(
                    "event", new JsonObject { ["origin"] = DotnetJson.Of(origin), ["event"] = DotnetJson.Of(seen) });
                break;
            case GapItem { Gap: var gap }:
                _report("gap", new JsonObject { ["gap"] = DotnetJson.Of(gap) });
                break;
            case SnapshotItem:
                _report("snapshot", []);
                break;
            case ConflatedItem { Count: var count }:
                _report("conflated", new JsonObject { ["count"] = count });
                break;
        }
    }
}
