using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.ThinLink;

/// <summary>One run of <see cref="ThinLinkScenario"/>: its steps in their order.</summary>
internal sealed class ThinLinkRun : IAsyncDisposable
{
    private const int Terminals = 3;
    private const int FloodPieceBytes = 20_000;
    private const double MsPerMicrosecond = 0.001;

    private static readonly TimeSpan FloodEvery = TimeSpan.FromMilliseconds(100);

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly long _run = Random.Shared.Next();
    private readonly AgentNames _agents;
    private readonly DeliveryRecorder _recorder = new();
    private readonly SlowLink _link;
    private readonly HttpClient _http;
    private readonly PublishLoad _publishing;
    private readonly long _count;
    private ViewerConnection? _connection;
    private ThinLinkViewer? _viewer;
    private Task<string?> _reading = Task.FromResult<string?>(null);
    private string? _end;
    private long _terminalWireBytes;
    private long _terminalBytes;
    private long _floodRefused;

    public ThinLinkRun(ScenarioContext context)
    {
        _context = context;
        _load = context.Load;
        _agents = new AgentNames(_run, _load.Agents);
        _link = new SlowLink(context.Target.Edge, ThinLinkScenario.LinkBytesPerSecond, context.Time);
        _http = new HttpClient(
            new SocketsHttpHandler { SslOptions = context.Target.CreateTlsOptions(), UseProxy = false })
        {
            BaseAddress = context.Target.Edge,
        };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", context.Target.PublisherToken);
        var options = new PublishLoadOptions { Connections = _load.Publishers, PayloadBytes = _load.PayloadBytes };
        _publishing = new PublishLoad(context.Target, _agents, _run, options, context.Time);
        _count = new OpenLoopSchedule(0, _load.Rate).CountIn(_load.Warmup + _load.Duration);
    }

    /// <summary>Opens the viewer over the link, with its subscriptions.</summary>
    public async Task ConnectAsync(CancellationToken stopping)
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

        _viewer = new ThinLinkViewer(_connection, _run, _recorder);
        _reading = _viewer.RunAsync();
    }

    /// <summary>Floods the terminals and publishes statuses on schedule.</summary>
    public async Task LoadAsync(CancellationToken stopping)
    {
        using var flooding = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] floods = [.. Enumerable.Range(0, Terminals).Select(n => KeepFloodingAsync(n, flooding.Token))];
        long start = Stopwatch.GetTimestamp();
        var schedule = new OpenLoopSchedule(start, _load.Rate);
        long from = start + Ticks(_load.Warmup);
        _recorder.Measure(from, from + Ticks(_load.Duration));
        long warmup = schedule.CountIn(_load.Warmup);
        Task publishing = _publishing.RunAsync(schedule, warmup, _count, stopping);
        await Task.Delay(_load.Warmup, _context.Time, stopping);
        (long wire, long bytes) = (_viewer!.TerminalWireBytes, _viewer.TerminalBytes);
        await Task.Delay(_load.Duration, _context.Time, stopping);
        (_terminalWireBytes, _terminalBytes) = (_viewer.TerminalWireBytes - wire, _viewer.TerminalBytes - bytes);
        await publishing;
        await Task.Delay(TimeSpan.FromSeconds(2), _context.Time, stopping);
        await flooding.CancelAsync();
        await Task.WhenAll(floods).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Closes, and tells the figures.</summary>
    public async Task<RunResult> ResultAsync()
    {
        _connection!.Stop();
        _end = await _reading;
        double seconds = _load.Duration.TotalSeconds;
        return new RunResult
        {
            Figures =
            [
                new(FigureNames.LatencyP50, _recorder.Latency.Percentile(50) * MsPerMicrosecond),
                new(FigureNames.LatencyP95, _recorder.Latency.Percentile(95) * MsPerMicrosecond),
                new(FigureNames.LatencyP99, _recorder.Latency.Percentile(99) * MsPerMicrosecond),
                new(FigureNames.LatencyMax, _recorder.Latency.Max * MsPerMicrosecond, Aggregation.Worst),
                new("terminal_wire_kb_per_s", _terminalWireBytes / seconds / 1000),
                new("terminal_kb_per_s", _terminalBytes / seconds / 1000),
                new(
                    ThinLinkScenario.NotTerminalPercent,
                    100 - (_terminalWireBytes / seconds * 100 / ThinLinkScenario.LinkBytesPerSecond)),
                new(FigureNames.Missing, _publishing.Stored - _recorder.Deliveries, Aggregation.Worst),
                new(FigureNames.Refused, _publishing.Refused, Aggregation.Worst),
                new("floods_refused", _floodRefused, Aggregation.Worst),
                new(FigureNames.Disconnected, _end is null ? 0 : 1, Aggregation.Worst),
            ],
            Histograms = new Dictionary<string, Measuring.Histogram> { ["latency"] = _recorder.Latency },
            Notes =
            [
                .. _end is null ? Array.Empty<string>() : [_end],
                .. _publishing.Reason is { } reason ? [reason] : Array.Empty<string>(),
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
        using HttpResponseMessage answer =
            await _http.PostAsync($"/v1/tasks/{TaskOf(terminal)}/terminal", content, stopping);
        if (!answer.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref _floodRefused);
        }
    }

    private string TaskOf(int terminal) => Invariant($"flood-{_run}-{terminal}");

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
