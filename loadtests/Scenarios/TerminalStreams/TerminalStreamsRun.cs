using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Terminals;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.TerminalStreams;

/// <summary>One run of terminals that are watched live: its steps in their order.</summary>
internal sealed class TerminalStreamsRun : IAsyncDisposable
{
    private const int ViewerBufferBytes = 16 * 1024;

    private static readonly TimeSpan StartDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly TerminalLoadOptions _terminal;
    private readonly TerminalContent _content;
    private readonly long _run = Random.Shared.Next();
    private readonly DeliveryRecorder _recorder = new();
    private readonly TerminalAppends _appends = new();
    private readonly ContentCheck[] _checks;
    private readonly TerminalAudience _audience;
    private readonly ViewerRamp _ramp;
    private readonly List<TerminalWriter> _writers = [];
    private IReadOnlyDictionary<string, double> _counters = new Dictionary<string, double>();
    private CounterMeter? _counting;
    private CpuMeter? _cpu;
    private TimeSpan _connectTime;

    private TerminalStreamsRun(ScenarioContext context, TerminalContent content)
    {
        _context = context;
        _load = context.Load;
        _terminal = context.Load.Terminal!;
        _content = content;
        bool isShared = _load.Clients > _terminal.Count;
        _checks = [.. Enumerable.Range(0, _terminal.Count).Select(n => new ContentCheck(content, n, isShared))];
        _audience = new TerminalAudience(
            [
                .. Enumerable.Range(0, _load.Clients)
                    .Select(n => new TerminalViewer(_terminal.Format, _checks[n % _terminal.Count])),
            ],
            context.Time);
        _ramp = new ViewerRamp(context.Target, _load.ConnectRate, context.Time);
    }

    /// <summary>Runs it.</summary>
    public static async Task<RunResult> RunAsync(ScenarioContext context, CancellationToken stopping)
    {
        TerminalLoadOptions terminal = context.Load.Terminal!;
        TerminalContent content = await BuildOutput.ReadAsync(terminal, terminal.Count, context.Progress, stopping);
        await using var run = new TerminalStreamsRun(context, content);
        await run.ConnectAsync(stopping);
        await run.WriteAsync(stopping);
        return await run.ResultAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _audience.DisposeAsync();
        foreach (TerminalWriter writer in _writers)
        {
            await writer.DisposeAsync();
        }
    }

    // One write of each first, so that there is something to subscribe to.
    private async Task ConnectAsync(CancellationToken stopping)
    {
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
        _audience.Begin(await _ramp.OpenAsync(
            _load.Clients,
            viewer => new ViewerOpening(
                TerminalFormats.PathOf(_terminal.Format, TaskOf(viewer % _terminal.Count), "start"),
                _context.Target.ViewerTokens.TokenOf(viewer))
            {
                Subprotocol = TerminalFormats.SubprotocolOf(_terminal.Format),
                BufferBytes = ViewerBufferBytes,
            },
            stopping));
        _connectTime = Stopwatch.GetElapsedTime(started);
    }

    private async Task WriteAsync(CancellationToken stopping)
    {
        long count = new OpenLoopSchedule(0, _terminal.WriteRate).CountIn(_load.Warmup + _load.Duration);
        long first = new OpenLoopSchedule(0, _terminal.WriteRate).CountIn(_load.Warmup);
        long start = Stopwatch.GetTimestamp() + Ticks(StartDelay);
        var times = new WriteTimes[_terminal.Count];
        for (int n = 0; n < times.Length; n++)
        {
            // Producers are not in step: their writes are spread over the time between two.
            long shift = Stopwatch.Frequency / _terminal.WriteRate * n / times.Length;
            times[n] = new WriteTimes(
                _terminal.WriteBytes, _terminal.WriteBytes, new OpenLoopSchedule(start + shift, _terminal.WriteRate),
                count, _recorder);
        }

        for (int viewer = 0; viewer < _load.Clients; viewer++)
        {
            _audience.Viewers[viewer].Expect(times[viewer % _terminal.Count]);
        }

        _recorder.Measure(times[0].Schedule.DueOf(first), times[0].Schedule.DueOf(count));
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var writing = Task.WhenAll(_writers.Select((writer, n) => writer.WriteAsync(times[n], failed.Token)));
        try
        {
            _context.Progress.Tell("warming up");
            await times[0].Schedule.WaitForAsync(first, _context.Time, stopping);
            _cpu = CpuMeter.Start(_context.Target.Processes);
            await TellUntilAsync(times[0].Schedule.DueOf(count), stopping);
            _cpu.Stop();
        }
        catch
        {
            await failed.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await writing;
        await WaitForBytesAsync(stopping);
        _counters = await _counting!.StopAsync(_context.Time, stopping);
    }

    private async Task TellUntilAsync(long end, CancellationToken stopping)
    {
        _context.Progress.Tell("measuring");
        while (Stopwatch.GetTimestamp() is var now && now < end)
        {
            TimeSpan left = Stopwatch.GetElapsedTime(now, end);
            await Task.Delay(left < TellEvery ? left : TellEvery, _context.Time, stopping);
            double p95 = _recorder.Latency.Percentile(95) / 1000.0;
            _context.Progress.Tell(
                Invariant($"{_recorder.Latency.Count:N0} writes delivered, p95 {p95:0.0} ms so far"));
        }
    }

    private async Task WaitForBytesAsync(CancellationToken stopping)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < LateMax
            && _audience.Viewers.Where((viewer, n) => viewer.Offsets.Next < EndOf(n)).Any())
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }
    }

    private async Task<RunResult> ResultAsync()
    {
        await _audience.CloseAsync();
        double seconds = _load.Duration.TotalSeconds;
        double delivered = (double)_recorder.Latency.Count * _terminal.WriteBytes;
        return new RunResult
        {
            Figures =
            [
                .. TerminalFigures.Latencies(_recorder.Latency, string.Empty),
                new("writes_delivered", _recorder.Latency.Count),
                new("delivered_mb_per_s", delivered / seconds / 1_000_000),
                .. TerminalFigures.Exactness(_audience.Viewers, EndOf),
                new(FigureNames.Disconnected, _audience.Ends.Count, Aggregation.Worst),
                .. TerminalFigures.Producers(_writers, _appends),
                .. TerminalFigures.Wire(_audience.Viewers),
                .. TerminalFigures.Compressions(_counters),
                new("messages_decoded", _checks.Sum(check => check.Decoded)),
                new("messages_compared", _checks.Sum(check => check.Compared)),
                .. _cpu!.Seconds().Select(cpu => new Figure($"cpu_{cpu.Process}_s", cpu.Seconds)),
                .. _cpu.Seconds().Select(cpu => new Figure(
                    $"cpu_{cpu.Process}_s_per_gb_delivered", cpu.Seconds * 1e9 / Math.Max(1, delivered))),
                new("connect_all_s", _connectTime.TotalSeconds),
                new("connect_retries", _ramp.Retries),
            ],
            Histograms = TerminalFigures.Histograms(_recorder.Latency, _appends),
            Notes = [.. TerminalFigures.Notes(_writers, _audience)],
        };
    }

    private long EndOf(int viewer) => _writers[viewer % _terminal.Count].End;

    private string TaskOf(int terminal) => Invariant($"terminal-{_run}-{terminal}");

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
