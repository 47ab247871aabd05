using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.Idle;

/// <summary>One run of <see cref="IdleScenario"/>: its steps in their order.</summary>
internal sealed class IdleRun : IScenarioRun
{
    // Opened and closed before the first reading, so that code is compiled and pools are filled.
    private const int WarmupClientsMax = 200;
    private const double Kib = 1024;
    private const double Mib = 1024 * 1024;

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly EventPlan _plan;
    private readonly MemoryMeter _memory;
    private readonly EventAudience _audience;
    private AudienceOutcome _outcome = AudienceOutcome.None;
    private CpuMeter? _connectCpu;
    private MemoryReading _before;
    private MemoryReading _after;
    private TimeSpan _connectTime;

    public IdleRun(ScenarioContext context)
    {
        context.Target.RequireProcesses("idle");
        _context = context;
        _load = context.Load;
        _memory = new MemoryMeter(
            context.Target.Processes, context.Target.Client, context.Progress, context.Time);
        _plan = new EventPlan(Random.Shared.Next(), _load.Agents);
        _audience = CreateAudience(_load.Clients, _load.ClientProcesses);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_audience.Steps.Connect];

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        int count = Math.Min(WarmupClientsMax, _load.Clients);
        _context.Progress.Tell(Invariant($"warming up: {count} connections opened and closed"));
        await using (EventAudience first = CreateAudience(count, processes: 0))
        {
            await first.OpenAsync(stopping);
            await first.CloseAsync(0);
        }

        _before = await _memory.ReadAsync(_load.Warmup, stopping);
        _context.Progress.Tell(Invariant($"connecting {_load.Clients:N0} viewers, {_load.ConnectRate:N0} a second"));
        long started = Stopwatch.GetTimestamp();
        _connectCpu = CpuMeter.Start(_context.Target.AllProcesses);
        await _audience.OpenAsync(stopping);
        _connectCpu.Stop();
        _connectTime = Stopwatch.GetElapsedTime(started);
    }

    /// <inheritdoc/>
    public Task LoadAsync(LoadWindow window, CancellationToken stopping) =>
        window.WaitForEndAsync(_context.Time, stopping);

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping)
    {
        _after = await _memory.ReadAsync(_load.Warmup, stopping);
        _outcome = await _audience.CloseAsync(0);
    }

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        double serverGrowth = _after.Server - _before.Server;
        return new RunResult
        {
            Figures =
            [
                new("connections", _load.Clients),
                new(FigureNames.MemoryPerConnection, serverGrowth / Kib / _load.Clients),
                new("server_memory_before_mib", _before.Server / Mib),
                new("server_memory_after_mib", _after.Server / Mib),
                new("client_memory_per_connection_kib", (_after.Client - _before.Client) / Kib / _load.Clients),
                .. _after.ByProcess.Keys.Where(_ => _after.ByProcess.Count > 1).Select(process => new Figure(
                    $"{process}_memory_per_connection_kib",
                    (_after.ByProcess[process] - _before.ByProcess[process]) / Kib / _load.Clients)),
                new(FigureNames.Disconnected, _outcome.Disconnected, Aggregation.Worst),
                new("connect_all_s", _connectTime.TotalSeconds),
                new("connect_retries", _outcome.Retries),
                .. _connectCpu!.Figures(_load.Clients, "connects"),
                .. measured.Cpu.Seconds().Select(cpu => new Figure(
                    $"idle_cpu_{cpu.Process}_percent_of_core", cpu.Seconds * 100 / measured.Window.Seconds)),
            ],
            Notes =
            [
                .. _outcome.FirstEnd is { } end ? [$"first disconnected: {end}"] : Array.Empty<string>(),
                .. _after.IsCollected
                    ? Array.Empty<string>()
                    : ["no full collection could be asked for: memory holds garbage"],
            ],
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _audience.DisposeAsync();

    private EventAudience CreateAudience(int count, int processes) => new(
        _context.Target, new AudiencePart(_plan, 0, count, _load.ConnectRate), processes, _context.Time);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
