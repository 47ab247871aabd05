using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Terminals;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.TerminalOpen;

/// <summary>One run of <see cref="TerminalOpenScenario"/>: its steps in their order.</summary>
internal sealed class TerminalOpenRun : IAsyncDisposable
{
    private const double MsPerMicrosecond = 0.001;
    private const double Mib = 1024 * 1024;
    private const int ViewerBufferBytes = 64 * 1024;
    private const string Subscription = "default";

    private static readonly TimeSpan OpenMax = TimeSpan.FromSeconds(30);

    private readonly ScenarioContext _context;
    private readonly TerminalLoadOptions _terminal;
    private readonly IReadOnlyList<Opening> _openings;
    private readonly ContentCheck[] _checks;
    private readonly TerminalContent _content;
    private readonly long _run = Random.Shared.Next();
    private readonly TerminalAppends _appends = new();
    private readonly List<TerminalWriter> _writers = [];
    private readonly List<TerminalViewer> _viewers = [];
    private readonly List<long> _ends = [];
    private readonly List<string> _failures = [];
    private CpuMeter? _cpu;
    private MemoryReading? _before;
    private MemoryReading? _after;
    private TimeSpan _writeTime;

    public TerminalOpenRun(ScenarioContext context, TerminalContent content)
    {
        _context = context;
        _terminal = context.Load.Terminal!;
        _openings = Opening.Kinds(_terminal);
        _content = content;
        _checks = [new ContentCheck(content, 0, isShared: false), new ContentCheck(content, 1, isShared: false)];
    }

    /// <summary>Writes both terminals, as fast as they are taken.</summary>
    public async Task WriteAsync(CancellationToken stopping)
    {
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
    public async Task OpenAllAsync(CancellationToken stopping)
    {
        var memory = new MemoryMeter(_context.Target.Processes, _context.Progress, _context.Time);
        for (int repeat = 0; repeat <= _terminal.Repeats; repeat++)
        {
            if (repeat == 1)
            {
                _before = await memory.ReadAsync(_context.Load.Warmup, stopping);
                _context.Progress.Tell(Invariant($"opening {_terminal.Repeats} times by each way"));
                _cpu = CpuMeter.Start(_context.Target.Processes);
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

    /// <summary>The figures.</summary>
    public RunResult Result() => new()
    {
        Figures =
        [
            .. _openings.SelectMany(opening => new[]
            {
                Median($"{opening.Name}_connect", opening.Connect), Worst($"{opening.Name}_connect", opening.Connect),
                Median($"{opening.Name}_subscribe", opening.Subscribe),
                Worst($"{opening.Name}_subscribe", opening.Subscribe),
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
                KeyValuePair.Create($"{opening.Name}_connect", opening.Connect),
                KeyValuePair.Create($"{opening.Name}_subscribe", opening.Subscribe),
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

    private async Task OpenAsync(Opening opening, bool subscribes, Histogram? times, CancellationToken stopping)
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
            ? "/ws/agents" + (_terminal.Format == TerminalFormat.JsonLz4 ? "?encoding=lz4" : string.Empty)
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
        Count(opening, viewer, end, times, started);
    }

    private void Count(Opening opening, TerminalViewer viewer, long end, Histogram? times, long started)
    {
        _viewers.Add(viewer);
        _ends.Add(end);
        if (viewer.Refusal is not null || viewer.Offsets.Next < end || viewer.Offsets.Received < opening.Bytes)
        {
            _failures.Add($"{opening.Name}: {viewer.Offsets.Received} bytes came; {viewer.Refusal}");
            return;
        }

        times?.Record((long)Stopwatch.GetElapsedTime(started, viewer.LastAt).TotalMicroseconds);
    }

    private static Figure Median(string name, Histogram times) =>
        new($"{name}_p50_ms", times.Percentile(50) * MsPerMicrosecond);

    private static Figure Worst(string name, Histogram times) =>
        new($"{name}_max_ms", times.Max * MsPerMicrosecond, Aggregation.Worst);

    private string TaskOf(int terminal) => Invariant($"terminal-{_run}-{terminal}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
