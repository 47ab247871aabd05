using System.Text.Json.Nodes;
using Realtime.Client;

namespace Realtime.Tests.Conformance;

/// <summary>A subscription to a terminal.</summary>
internal sealed class DotnetTerminalSubscription : IDotnetSubscription
{
    private readonly TerminalSubscription _subscription;
    private readonly Action<string, JsonObject> _report;
    private readonly DotnetReading<TerminalItem> _reading;

    public DotnetTerminalSubscription(TerminalSubscription subscription, Action<string, JsonObject> report)
    {
        _subscription = subscription;
        _report = report;
        _reading = new DotnetReading<TerminalItem>(
            subscription, handler => subscription.RunAsync(handler), Tell, report);
        subscription.StatusChanged += (_, status) => report("status", DotnetJson.Of(status));
    }

    public JsonArray Cursor => new(_subscription.Position?.ToString());

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

    private void Tell(TerminalItem item)
    {
        switch (item)
        {
            case TerminalBytesItem bytes:
                _report("bytes", new JsonObject
                {
                    ["offset"] = bytes.Offset,
                    ["data"] = Convert.ToBase64String(bytes.Data.Span),
                    ["stream"] = DotnetJson.Of(bytes.Stream),
                });
                break;
            case TerminalGapItem gap:
                _report("gap", new JsonObject { ["gap"] = DotnetJson.Of(gap) });
                break;
            case TerminalResizeItem { Columns: var columns, Rows: var rows }:
                _report("resize", new JsonObject { ["cols"] = columns, ["rows"] = rows });
                break;
            case TerminalEndItem { ExitCode: var exitCode }:
                _report("end", new JsonObject { ["exit_code"] = exitCode });
                break;
        }
    }
}
