using System.Text.Json.Nodes;
using Realtime.Client;

namespace Realtime.Tests.Conformance;

/// <summary>Reads a subscription's items in one of three ways, and reports each, and the error if that is how it
/// ends.</summary>
internal sealed class DotnetReading<TItem>(
    IAsyncEnumerable<TItem> items, Func<Func<TItem, CancellationToken, ValueTask>, Task> run, Action<TItem> told,
    Action<string, JsonObject> report)
{
    private Task _reading = Task.CompletedTask;
    private IAsyncEnumerator<TItem>? _manual;

    public void Start(string consume)
    {
        switch (consume)
        {
            case "manual":
                _manual = items.GetAsyncEnumerator();
                break;
            case "callbacks":
                _reading = ReportFailureAsync(() => run((item, _) =>
                {
                    told(item);
                    return ValueTask.CompletedTask;
                }));
                break;
            default:
                _reading = ReportFailureAsync(IterateAsync);
                break;
        }
    }

    public Task TakeAsync(int count) => ReportFailureAsync(async () =>
    {
        for (int i = 0; i < count && await _manual!.MoveNextAsync(); i++)
        {
            told(_manual.Current);
        }
    });

    public async Task EndedAsync()
    {
        await _reading;
        await (_manual?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task IterateAsync()
    {
        await foreach (TItem item in items)
        {
            told(item);
        }
    }

    private async Task ReportFailureAsync(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (RealtimeException failure)
        {
            report("failed", new JsonObject { ["code"] = failure.Code, ["detail"] = failure.Detail });
        }
    }
}
