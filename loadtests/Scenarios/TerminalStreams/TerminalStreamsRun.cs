using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Terminals;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.TerminalStreams;

/// <summary>One run of terminals that are watched live.</summary>
internal sealed class TerminalStreamsRun : IScenarioRun
{
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly TerminalLoadOptions _terminal;
    private readonly long _run = Random.Shared.Next();
    private readonly Step _deliver = new("deliver");
    private readonly Step _connect = Step.Measured("connect");
    private readonly TerminalAppends _appends = new();
    private readonly List<TerminalWriter> _writers = [];
    private readonly ViewerRamp _ramp;
    private IReadOnlyDictionary<string, double> _counters = new Dictionary<string, double>();
    private TerminalContent? _content;
    private ContentCheck[] _checks = [];
    private TerminalAudience? _audience;
    private CounterMeter? _counting;
    private TimeSpan _connectTime;

    /// <summary>Makes one.</summary>
    public TerminalStreamsRun(ScenarioContext context)
    {
        _context = context;
        _load = context.Load;
        _terminal = context.Load.Terminal!;
        _ramp = new ViewerRamp(context.Target, _load.ConnectRate, _connect, context.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_connect, _appends.Append, _deliver];

    private int Each => Math.Max(1, _terminal.Each);

    private TerminalAudience Audience => _audience!;

    /// <summary>One write of each first, so that there is something to subscribe to.</summary>
    public async Task InitAsync(CancellationToken stopping)
    {
        _content = await BuildOutput.ReadAsync(_terminal, _terminal.Count, _context.Progress, stopping);
        bool isShared = (long)_load.Clients * Each > _terminal.Count;
        _checks = [.. Enumerable.Range(0, _terminal.Count).Select(n => new ContentCheck(_content, n, isShared))];
        _audience = new TerminalAudience(
            [
                .. Enumerable.Range(0, _load.Clients).SelectMany(client => Enumerable.Range(0, Each).Select(place =>
                    new TerminalViewer(_terminal.Format, _checks[TerminalOf((client * Each) + place)])
                    {
                        Subscription = Each == 1 ? "default" : TerminalScreen.NameOf(place),
                    })),
            ],
            _context.Time);
        for (int n = 0; n < _terminal.Count; n++)
        {
            var writer = await TerminalWriter.OpenAsync(
                _context.Target, _terminal.Producer, TaskOf(n), _content, n, _appends, _context.Time, stopping);
            _writers.Add(writer);
            await writer.FillAsync(_terminal.WriteBytes, stopping);
        }

        _counting = await CounterMeter.StartAsync(_context.Target.Processes, TerminalFigures.Meter, stopping);
        _context.Progress.Tell(Invariant($"connecting {_load.Clients:N0} viewers, {_load.ConnectRate:N0} a second"));
        long started = Stopwatch.GetTimestamp();
        await ConnectAsync(stopping);
        _connectTime = Stopwatch.GetElapsedTime(started);
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        long count = new OpenLoopSchedule(0, _terminal.WriteRate).CountIn(window.Whole);
        var times = new WriteTimes[_terminal.Count];
        for (int n = 0; n < times.Length; n++)
        {
            // Producers are not in step: their writes are spread over the time between two.
            long shift = Stopwatch.Frequency / _terminal.WriteRate * n / times.Length;
            times[n] = new WriteTimes(
                _terminal.WriteBytes, _terminal.WriteBytes,
                new OpenLoopSchedule(window.Start + shift, _terminal.WriteRate), count, _deliver);
        }

        for (int viewer = 0; viewer < Audience.Viewers.Count; viewer++)
        {
            Audience.Viewers[viewer].Expect(times[TerminalOf(viewer)]);
        }

        long first = times[0].Schedule.CountIn(window.Warmup);
        _deliver.Measure(times[0].Schedule.DueOf(first), times[0].Schedule.DueOf(count));
        await Task.WhenAll(_writers.Select((writer, n) => writer.WriteAsync(times[n], stopping)));
        long written = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(written) < LateMax
            && Audience.Viewers.Where((viewer, n) => viewer.Offsets.Next < EndOf(n)).Any())
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }
    }

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping)
    {
        _counters = await _counting!.StopAsync(_context.Time, stopping);
        await Audience.CloseAsync();
    }

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() =>
    [
        new(FigureNames.Refused, _writers.Sum(writer => writer.Producer.Refused)),
        new(FigureNames.Paused, _writers.Sum(writer => writer.Producer.Pauses)),
        new(FigureNames.Inexact, _audience?.Viewers.Sum(viewer => viewer.Inexact) ?? 0),
    ];

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        double delivered = (double)_deliver.Latency.Count * _terminal.WriteBytes;
        return new RunResult
        {
            Figures =
            [
                .. LatencyFigures.Of(_deliver.Latency),
                new("writes_delivered", _deliver.Latency.Count),
                new("delivered_mb_per_s", delivered / measured.Window.Seconds / 1_000_000),
                .. TerminalFigures.Exactness(Audience.Viewers, EndOf),
                new(FigureNames.Disconnected, Audience.Ends.Count, Aggregation.Worst),
                .. TerminalFigures.Producers(_writers, _appends),
                .. TerminalFigures.Wire(Audience.Viewers),
                .. TerminalFigures.Compressions(_counters),
                new("messages_decoded", _checks.Sum(check => check.Decoded)),
                new("messages_compared", _checks.Sum(check => check.Compared)),
                .. measured.Cpu.Seconds().Select(cpu => new Figure($"cpu_{cpu.Process}_s", cpu.Seconds)),
                .. measured.Cpu.Seconds().Select(cpu => new Figure(
                    $"cpu_{cpu.Process}_s_per_gb_delivered", cpu.Seconds * 1e9 / Math.Max(1, delivered))),
                new("connect_all_s", _connectTime.TotalSeconds),
                new("connect_retries", _ramp.Retries),
            ],
            Histograms = TerminalFigures.Histograms(_deliver.Latency, _appends),
            Notes = [.. TerminalFigures.Notes(_writers, Audience)],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_audience?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (TerminalWriter writer in _writers)
        {
            await writer.DisposeAsync();
        }
    }

    // A client with one terminal has it from the address; one with several subscribes to each.
    private async Task ConnectAsync(CancellationToken stopping)
    {
        ViewerConnection[] connections = await _ramp.OpenAsync(
            _load.Clients,
            client => new ViewerOpening(
                Each == 1
                    ? TerminalFormats.PathOf(_terminal.Format, TaskOf(TerminalOf(client)), "start")
                    : TerminalFormats.PathOfNone(_terminal.Format),
                _context.Target.ViewerTokens.TokenOf(client))
            {
                Edge = _context.Target.EdgeOf(client),
                Subprotocol = TerminalFormats.SubprotocolOf(_terminal.Format),
                BufferBytes = 16 * 1024,
                SubscribesLater = Each > 1,
            },
            stopping);
        if (Each == 1)
        {
            Audience.Begin(connections);
            return;
        }

        Audience.Begin(
            connections,
            [.. Audience.Viewers.Chunk(Each).Select(viewers => new TerminalScreen(_terminal.Format, viewers))]);
        for (int viewer = 0; viewer < Audience.Viewers.Count; viewer++)
        {
            await Audience.Viewers[viewer].SubscribeAsync(TaskOf(TerminalOf(viewer)), "start");
        }
    }

    private long EndOf(int viewer) => _writers[TerminalOf(viewer)].End;

    private int TerminalOf(int viewer) => viewer % _terminal.Count;

    private string TaskOf(int terminal) => Invariant($"terminal-{_run}-{terminal}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
