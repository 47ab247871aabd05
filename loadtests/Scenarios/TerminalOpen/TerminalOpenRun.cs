using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Terminals;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.TerminalOpen;

/// <summary>One run of <see cref="TerminalOpenScenario"/>: its steps in their order.</summary>
internal sealed class TerminalOpenRun : IScenarioRun
{
    private const double Mib = 1024 * 1024;
    private const int ViewerBufferBytes = 64 * 1024;
    private const string Subscription = "default";

    private static readonly TimeSpan OpenMax = TimeSpan.FromSeconds(30);

    private readonly ScenarioContext _context;
    private readonly TerminalLoadOptions _terminal;
    private readonly IReadOnlyList<Opening> _openings;
    private readonly long _run = Random.Shared.Next();
    private readonly TerminalAppends _appends = new();
    private readonly List<TerminalWriter> _writers = [];
    private readonly List<TerminalViewer> _viewers = [];
    private readonly List<long> _ends = [];
    private readonly List<string> _failures = [];
    private ContentCheck[] _checks = [];
    private TerminalContent? _content;
    private CpuMeter? _cpu;
    private MemoryReading? _before;
    private MemoryReading? _after;
    private TimeSpan _writeTime;

    public TerminalOpenRun(ScenarioContext context)
    {
        _context = context;
        _terminal = context.Load.Terminal!;
        _openings = Opening.Kinds(_terminal);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps =>
        [_appends.Append, .. _openings.SelectMany(opening => new[] { opening.Connect, opening.Subscribe })];

    /// <summary>Writes both terminals, as fast as they are taken.</summary>
    public async Task InitAsync(CancellationToken stopping)
    {
        _content = await BuildOutput.ReadAsync(_terminal, 2, _context.Progress, stopping);
        _checks = [new ContentCheck(_content, 0, isShared: false), new ContentCheck(_content, 1, isShared: false)];
        int[] bytes = [_terminal.OpenBytes, _terminal.VolumeBytes];
        long started = Stopwatch.GetTimestamp();
        for (int n = 0; n < bytes.Length; n++)
        {
            _context.Progress.Tell(Invariant($"writing {bytes[n]:N0} bytes"));
            var writer = await TerminalWriter.OpenAsync(
                _context.Target, _terminal.Producer, TaskOf(n), _content, n, _appends, _context.Time, stopping);
            _writers.Add(writer);
            await writer.FillAsync(bytes[n], stopping);
            if (writer.Producer.Reason is { } reason)
            {
                throw new TargetException($"A terminal could not be written: {reason}");
            }
        }

        _writeTime = Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Opens by all ways in turn, once more often than is measured: the first is to compile code.</summary>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        var memory = new MemoryMeter(
            _context.Target.Processes, _context.Target.Client, _context.Progress, _context.Time);
        for (int repeat = 0; repeat <= _terminal.Repeats; repeat++)
        {
            if (repeat == 1)
            {
                _before = await memory.ReadAsync(_context.Load.Warmup, stopping);
                _context.Progress.Tell(Invariant($"opening {_terminal.Repeats} times by each way"));
                _cpu = CpuMeter.Start(_context.Target.AllProcesses);
            }

            foreach (Opening opening in _openings)
            {
                await OpenAsync(opening, subscribes: false, repeat > 0 ? opening.Connect : null, stopping);
                await OpenAsync(opening, subscribes: true, repeat > 0 ? opening.Subscribe : null, stopping);
            }
        }

        _cpu!.Stop();
        _after = await memory.ReadAsync(_context.Load.Warmup, stopping);
    }

    /// <inheritdoc/>
    public Task CleanAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public RunResult Result(Measured measured) => new()
    {
        Figures =
        [
            .. _openings.SelectMany(opening => new[]
            {
                Median(opening.Connect), Worst(opening.Connect), Median(opening.Subscribe), Worst(opening.Subscribe),
            }),
            new("not_opened", _failures.Count, Aggregation.Worst),
            .. TerminalFigures.Exactness(_viewers, viewer => _ends[viewer]),
            .. TerminalFigures.Producers(_writers, _appends).Take(2),
            .. TerminalFigures.Wire(_viewers),
            new("write_all_s", _writeTime.TotalSeconds),
            new("server_memory_growth_mib", (_after!.Value.Server - _before!.Value.Server) / Mib),
            .. _cpu!.Seconds().Select(cpu => new Figure(
                $"cpu_{cpu.Process}_ms_per_opening", cpu.Seconds * 1000 / (2 * _openings.Count * _terminal.Repeats))),
        ],
        Histograms = _openings
            .SelectMany(opening => new[]
            {
                KeyValuePair.Create(opening.Connect.Name, opening.Connect.Latency),
                KeyValuePair.Create(opening.Subscribe.Name, opening.Subscribe.Latency),
            })
            .ToDictionary(),
        Notes = [.. _failures.Take(1)],
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (TerminalWriter writer in _writers)
        {
            await writer.DisposeAsync();
        }
    }

    private async Task OpenAsync(Opening opening, bool subscribes, Step? step, CancellationToken stopping)
    {
        long end = _writers[opening.Terminal].End;
        var viewer = new TerminalViewer(_terminal.Format, _checks[opening.Terminal])
        {
            Subscription = Subscription,
            BeginsWhereTold = opening.IsTail,
            WantedEnd = end,
        };
        await using var audience = new TerminalAudience([viewer], _context.Time);
        long started = Stopwatch.GetTimestamp();
        string path = subscribes
            ? TerminalFormats.PathOfNone(_terminal.Format)
            : TerminalFormats.PathOf(_terminal.Format, TaskOf(opening.Terminal), opening.From);
        ViewerConnection connection = await ViewerConnection.OpenAsync(
            _context.Target,
            new ViewerOpening(path, _context.Target.ViewerTokens.TokenOf(0))
            {
                Subprotocol = TerminalFormats.SubprotocolOf(_terminal.Format),
                BufferBytes = ViewerBufferBytes,
                SubscribesLater = true,
            },
            stopping);
        audience.Begin([connection]);
        if (subscribes)
        {
            await viewer.Welcomed.WaitAsync(OpenMax, _context.Time, stopping);
            started = Stopwatch.GetTimestamp();
            await viewer.SubscribeAsync(TaskOf(opening.Terminal), opening.From);
        }

        await Task.WhenAny(viewer.Arrived, Task.Delay(OpenMax, _context.Time, stopping));
        stopping.ThrowIfCancellationRequested();
        await audience.CloseAsync();
        Count(opening, viewer, end, step, started);
    }

    private void Count(Opening opening, TerminalViewer viewer, long end, Step? step, long started)
    {
        _viewers.Add(viewer);
        _ends.Add(end);
        if (viewer.Refusal is not null || viewer.Offsets.Next < end || viewer.Offsets.Received < opening.Bytes)
        {
            string failure = $"{opening.Name}: {viewer.Offsets.Received} bytes came; {viewer.Refusal}";
            _failures.Add(failure);
            step?.Fail(failure);
            return;
        }

        step?.Ok(started, viewer.LastAt);
    }

    private static Figure Median(Step opening) =>
        new($"{opening.Name}_p50_ms", LatencyFigures.Milliseconds(opening.Latency.Percentile(50)));

    private static Figure Worst(Step opening) =>
        new($"{opening.Name}_max_ms", LatencyFigures.Milliseconds(opening.Latency.Max), Aggregation.Worst);

    private string TaskOf(int terminal) => Invariant($"terminal-{_run}-{terminal}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
