using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.FanOut;

/// <summary>One run of <see cref="FanOutScenario"/>: its steps in their order.</summary>
internal sealed class FanOutRun : IAsyncDisposable
{
    private static readonly TimeSpan StartDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly AgentNames _agents;
    private readonly DeliveryRecorder _recorder = new();
    private readonly FanOutViewer[] _viewers;
    private readonly ViewerRamp _ramp;
    private readonly PublishLoad _publishing;
    private readonly long _count;
    private ViewerConnection[] _connections = [];
    private Task<string?>[] _reading = [];
    private TimeSpan _connectTime;
    private CpuMeter? _cpu;
    private long _allocated;

    public FanOutRun(ScenarioContext context)
    {
        _context = context;
        _load = context.Load;
        long run = Random.Shared.Next();
        _agents = new AgentNames(run, _load.Agents);
        _viewers =
        [
            .. Enumerable.Range(0, _load.Clients).Select(n => new FanOutViewer(run, n % _load.Agents, _recorder)),
        ];
        _ramp = new ViewerRamp(context.Target, _load.ConnectRate, context.Time);
        var options = new PublishLoadOptions { Connections = _load.Publishers, PayloadBytes = _load.PayloadBytes };
        _publishing = new PublishLoad(context.Target, _agents, run, options, context.Time);
        _count = new OpenLoopSchedule(0, _load.Rate).CountIn(_load.Warmup + _load.Duration);
    }

    /// <summary>Opens all viewers; each has its subscription before anything is published.</summary>
    public async Task ConnectAsync(CancellationToken stopping)
    {
        _context.Progress.Tell(Invariant($"connecting {_load.Clients:N0} viewers, {_load.ConnectRate:N0} a second"));
        long started = Stopwatch.GetTimestamp();
        _connections = await _ramp.OpenAsync(
            _load.Clients,
            viewer => new ViewerOpening(
                $"/ws/agents?agents={_agents.NameOf(_viewers[viewer].Agent)}",
                _context.Target.ViewerTokens.TokenOf(viewer)),
            stopping);
        _connectTime = Stopwatch.GetElapsedTime(started);
        _reading = [.. _connections.Select((connection, i) => connection.RunAsync(_viewers[i].OnMessage))];
    }

    /// <summary>Warms up, then measures; returns when all events are answered.</summary>
    public async Task PublishAsync(CancellationToken stopping)
    {
        var schedule = new OpenLoopSchedule(
            Stopwatch.GetTimestamp() + (long)(StartDelay.TotalSeconds * Stopwatch.Frequency), _load.Rate);
        long first = schedule.CountIn(_load.Warmup);
        _recorder.Measure(schedule.DueOf(first), schedule.DueOf(_count));
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task publishing = _publishing.RunAsync(schedule, first, _count, failed.Token);
        try
        {
            _context.Progress.Tell(Invariant($"warming up, {_load.Rate:N0} events a second"));
            await schedule.WaitForAsync(first, _context.Time, stopping);
            _cpu = CpuMeter.Start(_context.Target.Processes);
            long allocatedBefore = GC.GetTotalAllocatedBytes();
            await TellUntilAsync(schedule, stopping);
            _allocated = GC.GetTotalAllocatedBytes() - allocatedBefore;
            _cpu.Stop();
        }
        catch
        {
            await failed.CancelAsync();
            await publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await publishing;
    }

    /// <summary>Waits until every viewer has what was published, or for long enough that the rest is lost.</summary>
    public async Task WaitForDeliveriesAsync(CancellationToken stopping)
    {
        long expected = _viewers.Sum(viewer => PublishedOf(viewer.Agent));
        long started = Stopwatch.GetTimestamp();
        while (_recorder.Deliveries < expected && Stopwatch.GetElapsedTime(started) < LateMax)
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }
    }

    /// <summary>Closes all connections; what was counted is final.</summary>
    public async Task DisconnectAsync()
    {
        foreach (ViewerConnection connection in _connections)
        {
            connection.Stop();
        }

        await Task.WhenAll(_reading);
        await DisposeAsync();
    }

    /// <summary>The figures; after <see cref="DisconnectAsync"/>.</summary>
    public RunResult Result()
    {
        Histogram latency = _recorder.Latency;
        string?[] ends = [.. _reading.Select(reading => reading.Result).Where(end => end is not null)];
        return new RunResult
        {
            Figures =
            [
                new(FigureNames.LatencyP50, Milliseconds(latency.Percentile(50))),
                new(FigureNames.LatencyP95, Milliseconds(latency.Percentile(95))),
                new(FigureNames.LatencyP99, Milliseconds(latency.Percentile(99))),
                new(FigureNames.LatencyMax, Milliseconds(latency.Max)),
                new("deliveries", latency.Count),
                new("deliveries_per_s", latency.Count / _load.Duration.TotalSeconds),
                new(
                    FigureNames.Missing,
                    _viewers.Sum(v => v.Sequence.MissingOf(PublishedOf(v.Agent))),
                    Aggregation.Worst),
                new(FigureNames.Duplicates, _viewers.Sum(v => v.Sequence.Duplicates), Aggregation.Worst),
                new(FigureNames.OutOfOrder, _viewers.Sum(v => v.Sequence.OutOfOrder), Aggregation.Worst),
                new(FigureNames.Misrouted, _viewers.Sum(v => v.Misrouted), Aggregation.Worst),
                new(FigureNames.Disconnected, ends.Length, Aggregation.Worst),
                new(FigureNames.Refused, _publishing.Refused, Aggregation.Worst),
                new("publish_ack_p50_ms", Milliseconds(_publishing.Acknowledged.Percentile(50))),
                new("publish_ack_p99_ms", Milliseconds(_publishing.Acknowledged.Percentile(99))),
                new("client_lateness_p50_ms", Milliseconds(_publishing.Lateness.Percentile(50))),
                new("client_lateness_p99_ms", Milliseconds(_publishing.Lateness.Percentile(99))),
                .. _cpu!.Figures(latency.Count, "deliveries"),
                new("client_allocated_bytes_per_delivery", (double)_allocated / Math.Max(1, latency.Count)),
                new("connect_all_s", _connectTime.TotalSeconds),
                new("connect_retries", _ramp.Retries),
            ],
            Histograms = new Dictionary<string, Histogram>
            {
                ["latency"] = latency,
                ["publish_ack"] = _publishing.Acknowledged,
                ["client_lateness"] = _publishing.Lateness,
            },
            Notes =
            [
                .. _publishing.Reason is { } reason ? [$"first refused: {reason}"] : Array.Empty<string>(),
                .. ends.Length > 0 ? [$"first disconnected: {ends[0]}"] : Array.Empty<string>(),
            ],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ViewerConnection[] connections = Interlocked.Exchange(ref _connections, []);
        foreach (ViewerConnection connection in connections)
        {
            connection.Stop();
        }

        await Task.WhenAll(_reading);
        foreach (ViewerConnection connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    // Event k is number k / agents of agent k mod agents.
    private long PublishedOf(int agent) => (_count - agent + _agents.Count - 1) / _agents.Count;

    private async Task TellUntilAsync(OpenLoopSchedule schedule, CancellationToken stopping)
    {
        _context.Progress.Tell("measuring");
        long end = schedule.DueOf(_count);
        while (Stopwatch.GetTimestamp() is var now && now < end)
        {
            TimeSpan left = Stopwatch.GetElapsedTime(now, end);
            await Task.Delay(left < TellEvery ? left : TellEvery, _context.Time, stopping);
            double p99 = Milliseconds(_recorder.Latency.Percentile(99));
            _context.Progress.Tell(Invariant($"{_recorder.Latency.Count:N0} deliveries, p99 {p99:0.0} ms so far"));
        }
    }

    private static double Milliseconds(long microseconds) => microseconds / 1000.0;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
