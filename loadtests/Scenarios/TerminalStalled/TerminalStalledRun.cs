using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Terminals;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.TerminalStalled;

/// <summary>One run of <see cref="TerminalStalledScenario"/>: its steps in their order.</summary>
internal sealed class TerminalStalledRun : IScenarioRun
{
    private const double Mib = 1024 * 1024;
    private const int ViewerBufferBytes = 16 * 1024;

    // After a gap delivery begins at a safe point, which may be so much later.
    private const int SafePointBytesMax = 32 * 1024;

    private static readonly TimeSpan StartDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan GoOnMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly TerminalLoadOptions _terminal;
    private readonly string _task = Invariant($"terminal-{Random.Shared.Next()}");
    private readonly Step _alone = new("deliver_alone");
    private readonly Step _beside = new("deliver_beside_stalled");
    private readonly TerminalAppends _appends = new();
    private readonly Step _connect = Step.Measured("connect");
    private readonly MemoryMeter _memory;
    private ContentCheck _check = null!;
    private TerminalAudience _audience = null!;
    private TerminalWriter? _writer;
    private StalledViewer? _stalled;
    private CpuMeter? _cpu;
    private MemoryReading _before;
    private MemoryReading _after;
    private long _retainedFrom;

    public TerminalStalledRun(ScenarioContext context)
    {
        context.Target.RequireProcesses("terminal-stalled");
        _context = context;
        _load = context.Load;
        _terminal = context.Load.Terminal!;
        _memory = new MemoryMeter(
            context.Target.Processes, context.Target.Client, context.Progress, context.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_connect, _appends.Append, _alone, _beside];

    /// <summary>Opens the healthy viewers; one write first, so that there is something to subscribe to.</summary>
    public async Task InitAsync(CancellationToken stopping)
    {
        TerminalContent content = await BuildOutput.ReadAsync(_terminal, 1, _context.Progress, stopping);
        _check = new ContentCheck(content, 0, isShared: true);
        _audience = new TerminalAudience(
            [.. Enumerable.Range(0, _load.Clients).Select(_ => new TerminalViewer(_terminal.Format, _check))],
            _context.Time);
        _writer = await TerminalWriter.OpenAsync(
            _context.Target, _terminal.Producer, _task, content, 0, _appends, _context.Time, stopping);
        await _writer.FillAsync(_terminal.WriteBytes, stopping);
        _context.Progress.Tell(Invariant($"connecting {_load.Clients:N0} viewers"));
        var ramp = new ViewerRamp(_context.Target, _load.ConnectRate, _connect, _context.Time);
        _audience.Begin(await ramp.OpenAsync(
            _load.Clients,
            viewer => new ViewerOpening(
                TerminalFormats.PathOf(_terminal.Format, _task, "start"), _context.Target.ViewerTokens.TokenOf(viewer))
            {
                Subprotocol = TerminalFormats.SubprotocolOf(_terminal.Format),
                BufferBytes = ViewerBufferBytes,
            },
            stopping));
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        await WriteAloneAsync(stopping);
        await WriteStalledAsync(stopping);
        await GoOnAsync(stopping);
    }

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping) => await _audience.CloseAsync();

    // Warms up, measures without a stalled viewer, and reads memory.
    private async Task WriteAloneAsync(CancellationToken stopping)
    {
        _context.Progress.Tell("measuring the healthy viewers alone");
        long count = new OpenLoopSchedule(0, _terminal.WriteRate).CountIn(_load.Warmup + _load.Duration);
        await WriteAsync(count, new OpenLoopSchedule(0, _terminal.WriteRate).CountIn(_load.Warmup), _alone, stopping);
        _before = await _memory.ReadAsync(_load.Warmup, stopping);
    }

    // Writes the volume beside the stalled viewer, and reads memory.
    private async Task WriteStalledAsync(CancellationToken stopping)
    {
        _stalled = await StalledViewer.OpenAsync(_context, _task, _check, _writer!.End, stopping);
        _context.Progress.Tell(Invariant($"writing {_terminal.VolumeBytes:N0} bytes beside a stalled viewer"));
        _cpu = CpuMeter.Start(_context.Target.AllProcesses);
        await WriteAsync(_terminal.VolumeBytes / _terminal.WriteBytes, 0, _beside, stopping);
        _cpu.Stop();
        _after = await _memory.ReadAsync(_load.Warmup, stopping);
    }

    // Lets the stalled viewer go on, after another has told where retention begins.
    private async Task GoOnAsync(CancellationToken stopping)
    {
        _retainedFrom = await ReadStartAsync(stopping);
        _context.Progress.Tell("the stalled viewer goes on");
        await _stalled!.GoOnAsync(_writer!.End, GoOnMax, stopping);
    }

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        TerminalWriter[] writers = [_writer!];
        TerminalViewer stalled = _stalled!.Viewer;
        double alone = Math.Max(1, _alone.Latency.Percentile(95));
        return new RunResult
        {
            Figures =
            [
                .. LatencyFigures.Of(_alone.Latency, "alone_"),
                .. LatencyFigures.Of(_beside.Latency, "stalled_"),
                new(TerminalStalledScenario.LatencyRatio, _beside.Latency.Percentile(95) / alone),
                new("server_memory_before_mib", _before.Server / Mib),
                new("server_memory_after_mib", _after.Server / Mib),
                new(TerminalStalledScenario.MemoryGrowth, (_after.Server - _before.Server) / Mib),
                .. TerminalFigures.Exactness(_audience.Viewers, _ => _writer!.End),
                new(FigureNames.Disconnected, _audience.Ends.Count, Aggregation.Worst),
                .. TerminalFigures.Producers(writers, _appends),
                .. TerminalFigures.Wire(_audience.Viewers),
                new("stalled_received_mb", stalled.Offsets.Received / 1e6),
                new("stalled_announced_gap_mb", stalled.Offsets.Announced / 1e6),
                new("stalled_reconnects", _stalled.Reconnects),
                new("stalled_missing_bytes", stalled.Offsets.MissingUpTo(_writer!.End), Aggregation.Worst),
                new("stalled_inexact_messages", stalled.Inexact, Aggregation.Worst),
                new(
                    "stalled_retained_but_lost_bytes",
                    Math.Max(0, stalled.Offsets.GapEnd - _retainedFrom - SafePointBytesMax),
                    Aggregation.Worst),
                .. _cpu!.Seconds().Select(cpu => new Figure($"cpu_{cpu.Process}_s", cpu.Seconds)),
            ],
            Histograms = new Dictionary<string, Histogram>
            {
                ["latency_alone"] = _alone.Latency,
                ["latency_stalled"] = _beside.Latency,
                ["append_ack"] = _appends.Append.Latency,
            },
            Notes =
            [
                .. TerminalFigures.Notes(writers, _audience),
                .. _before.IsCollected && _after.IsCollected
                    ? Array.Empty<string>()
                    : ["no full collection could be asked for: memory holds garbage"],
            ],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_stalled?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_audience?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_writer?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task WriteAsync(long count, long first, Step deliver, CancellationToken stopping)
    {
        long start = Stopwatch.GetTimestamp() + (long)(StartDelay.TotalSeconds * Stopwatch.Frequency);
        var times = new WriteTimes(
            _writer!.End, _terminal.WriteBytes, new OpenLoopSchedule(start, _terminal.WriteRate), count, deliver);
        deliver.Measure(times.Schedule.DueOf(first), times.Schedule.DueOf(count));
        foreach (TerminalViewer viewer in _audience.Viewers)
        {
            viewer.Expect(times);
        }

        await _writer.WriteAsync(times, stopping);
        long written = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(written) < LateMax
            && _audience.Viewers.Any(viewer => viewer.Offsets.Next < _writer.End))
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }
    }

    private async Task<long> ReadStartAsync(CancellationToken stopping)
    {
        var viewer = new TerminalViewer(_terminal.Format, _check) { BeginsWhereTold = true, WantedEnd = 1 };
        await using var audience = new TerminalAudience([viewer], _context.Time);
        audience.Begin(
        [
            await ViewerConnection.OpenAsync(
                _context.Target,
                new ViewerOpening(
                    TerminalFormats.PathOf(_terminal.Format, _task, "start"), _context.Target.ViewerTokens.TokenOf(0))
                {
                    Subprotocol = TerminalFormats.SubprotocolOf(_terminal.Format),
                    SubscribesLater = true,
                },
                stopping),
        ]);
        await viewer.Arrived.WaitAsync(LateMax, _context.Time, stopping);
        await audience.CloseAsync();
        return viewer.Offsets.Start;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
