using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Playwright;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Conformance;

/// <summary>A driver in a page of a browser.</summary>
internal sealed class PageDriver : ISdkDriver
{
    // Far more than any scenario makes while it reads them.
    private const int ReportsMax = 100_000;

    private readonly IBrowserContext _context;
    private readonly IPage _page;
    private readonly Channel<JsonObject> _reports = Channel.CreateBounded<JsonObject>(ReportsMax);

    private PageDriver(IBrowserContext context, IPage page)
    {
        _context = context;
        _page = page;
    }

    public ChannelReader<JsonObject> Reports => _reports.Reader;

    /// <summary>Opens a page of the edge's own origin with the driver in it.</summary>
    public static async Task<PageDriver> StartAsync(IBrowserContext context, Uri edge)
    {
        IPage page = await context.NewPageAsync();
        var driver = new PageDriver(context, page);
        await page.ExposeFunctionAsync<string, bool>("report", driver.Report);

        // The SDK is under test here, not the viewer page: an empty one of the same origin.
        await page.RouteAsync("**/empty", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = "<!doctype html><title>conformance</title><link rel=icon href=data:,>",
        }));
        await page.GotoAsync(new Uri(edge, "/empty").ToString());
        await page.AddScriptTagAsync(new() { Path = BuiltSdk.BrowserDriver });
        await page.EvaluateAsync(
            "() => { conformance.onReport = report => void window.report(JSON.stringify(report)); }");
        return driver;
    }

    public async Task<JsonObject> DoAsync(JsonObject command)
    {
        command["n"] = 0;
        string answer = await _page
            .EvaluateAsync<string>(
                "async command => JSON.stringify(await conformance.do(JSON.parse(command)))",
                command.ToJsonString())
            .WaitAsync(FaultScene.Patience, TimeProvider.System);
        return DriverAnswer.Check(JsonNode.Parse(answer)!.AsObject());
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _reports.Writer.Complete();
    }

    private bool Report(string report) =>
        _reports.Writer.TryWrite(JsonSerializer.Deserialize<JsonObject>(report)!);
}
