using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.ThinLink;

/// <summary>One run of <see cref="ThinLinkScenario"/>: its steps in their order.</summary>
internal sealed class ThinLinkRun : IScenarioRun
{
    private const int Terminals = 3;
    private const int FloodPieceBytes = 20_000;
    private const double MsPerMicrosecond = 0.001;

    private static readonly TimeSpan FloodMax = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan FloodEvery = TimeSpan.FromMilliseconds(100);

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly long _run = Random.Shared.Next();
    private readonly Step _deliver = new("deliver");
    private readonly Step _flood = new("flood");
    private readonly SlowLink _link;
    private readonly HttpClient _http;
    private readonly PublishLoad _publishing;
    private ViewerConnection? _connection;
    private ThinLinkViewer? _viewer;
    private Task<string?> _reading = Task.FromResult<string?>(null);
    private string? _end;
    private long _terminalWireBytes;
    private long _terminalBytes;

    public ThinLinkRun(ScenarioContext context)
    {
        _context = context;
        _load = context.Load;
        _link = new SlowLink(context.Target.Edge, ThinLinkScenario.LinkBytesPerSecond, context.Time);
        _http = TargetHttp.Create(context.Target, context.Target.Edge, context.Target.PublisherToken, FloodMax);
        var options = new PublishLoadOptions { Connections = _load.Publishers, PayloadBytes = _load.PayloadBytes };
        _publishing = new PublishLoad(
            context.Target, new EventPlan(_run, _load.Agents), options, context.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_publishing.Publish, _deliver, _flood];

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        for (int n = 0; n < Terminals; n++)
        {
            await FloodAsync(n, stopping);
        }

        _connection = await ViewerConnection.OpenAsync(
            _context.Target,
            new ViewerOpening(Invariant($"/ws/agents?agents=load-{_run}-*"), _context.Target.ViewerTokens.TokenOf(0))
            {
                Port = _link.Port,
            },
            stopping);
        for (int n = 0; n < Terminals; n++)
        {
            await _connection.SendTextAsync(Invariant(
                $"{{\"op\":\"subscribe\",\"id\":\"t{n}\",\"terminal\":\"{TaskOf(n)}\",\"from\":\"start\"}}"));
        }

        _viewer = new ThinLinkViewer(_connection, _run, _deliver);
        _reading = _viewer.RunAsync();
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        using var flooding = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] floods = [.. Enumerable.Range(0, Terminals).Select(n => KeepFloodingAsync(n, flooding.Token))];
        foreach (Step step in Steps)
        {
            step.Measure(window.From, window.Until);
        }

        Task publishing = _publishing.RunAsync(
            new OpenLoopSchedule(window.Start, _load.Profile()), window.From, stopping);
        await (window with { Until = window.From }).WaitForEndAsync(_context.Time, stopping);
        (long wire, long bytes) = (_viewer!.TerminalWireBytes, _viewer.TerminalBytes);
        await window.WaitForEndAsync(_context.Time, stopping);
        (_terminalWireBytes, _terminalBytes) = (_viewer.TerminalWireBytes - wire, _viewer.TerminalBytes - bytes);
        await publishing;
        await Task.Delay(TimeSpan.FromSeconds(2), _context.Time, stopping);
        await flooding.CancelAsync();
        await Task.WhenAll(floods).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping)
    {
        _connection!.Stop();
        _end = await _reading;
    }

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        double seconds = measured.Window.Seconds;
        return new RunResult
        {
            Figures =
            [
                new(FigureNames.LatencyP50, _deliver.Latency.Percentile(50) * MsPerMicrosecond),
                new(FigureNames.LatencyP95, _deliver.Latency.Percentile(95) * MsPerMicrosecond),
                new(FigureNames.LatencyP99, _deliver.Latency.Percentile(99) * MsPerMicrosecond),
                new(FigureNames.LatencyMax, _deliver.Latency.Max * MsPerMicrosecond, Aggregation.Worst),
                new("terminal_wire_kb_per_s", _terminalWireBytes / seconds / 1000),
                new("terminal_kb_per_s", _terminalBytes / seconds / 1000),
                new(
                    ThinLinkScenario.NotTerminalPercent,
                    100 - (_terminalWireBytes / seconds * 100 / ThinLinkScenario.LinkBytesPerSecond)),
                new(FigureNames.Missing, _publishing.Publish.Done - _deliver.Done, Aggregation.Worst),
                new(FigureNames.Refused, _publishing.Publish.Failed, Aggregation.Worst),
                new("floods_refused", _flood.Failed, Aggregation.Worst),
                new(FigureNames.Disconnected, _end is null ? 0 : 1, Aggregation.Worst),
            ],
            Histograms = new Dictionary<string, Histogram> { ["latency"] = _deliver.Latency },
            Notes =
            [
                .. _end is null ? Array.Empty<string>() : [_end],
                .. _publishing.Publish.FirstFailure is { } reason ? [reason] : Array.Empty<string>(),
            ],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection?.Stop();
        await _reading;
        await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _link.DisposeAsync();
        _http.Dispose();
    }

    private async Task KeepFloodingAsync(int terminal, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(FloodEvery, _context.Time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            await FloodAsync(terminal, stopping);
        }
    }

    private async Task FloodAsync(int terminal, CancellationToken stopping)
    {
        byte[] bytes = new byte[FloodPieceBytes];
        Random.Shared.NextBytes(bytes);
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        long due = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer =
            await _http.PostAsync($"/v1/tasks/{TaskOf(terminal)}/terminal", content, stopping);
        if (answer.IsSuccessStatusCode)
        {
            _flood.Ok(due, Stopwatch.GetTimestamp());
        }
        else
        {
            _flood.Fail(answer.StatusCode.ToString());
        }
    }

    private string TaskOf(int terminal) => Invariant($"flood-{_run}-{terminal}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
