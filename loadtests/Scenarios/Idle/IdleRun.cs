using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.Idle;

/// <summary>One run of <see cref="IdleScenario"/>: its steps in their order.</summary>
internal sealed class IdleRun : IAsyncDisposable
{
    // Opened and closed before the first reading, so that code is compiled and pools are filled.
    private const int WarmupClientsMax = 200;
    private const double Kib = 1024;
    private const double Mib = 1024 * 1024;

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly AgentNames _agents;
    private readonly ViewerRamp _ramp;
    private readonly MemoryMeter _memory;
    private ViewerConnection[] _connections = [];
    private Task<string?>[] _reading = [];
    private CpuMeter? _connectCpu;
    private CpuMeter? _idleCpu;
    private MemoryReading _before;
    private MemoryReading _after;
    private TimeSpan _connectTime;

    public IdleRun(ScenarioContext context)
    {
        if (context.Target.Processes.Count == 0)
        {
            throw new TargetException(
                "idle measures the memory of the server's processes, and none is known. Name them: --process "
                + "server=PID (on this machine), give --ready-file PATH, or leave --edge out to let this command start "
                + "the system.");
        }

        _context = context;
        _load = context.Load;
        _memory = new MemoryMeter(context.Target.Processes, context.Progress, context.Time);
        _agents = new AgentNames(Random.Shared.Next(), _load.Agents);
        _ramp = new ViewerRamp(context.Target, _load.ConnectRate, context.Time);
    }

    /// <summary>Opens and closes some connections, then reads memory with none open.</summary>
    public async Task WarmUpAsync(CancellationToken stopping)
    {
        int count = Math.Min(WarmupClientsMax, _load.Clients);
        _context.Progress.Tell(Invariant($"warming up: {count} connections opened and closed"));
        await OpenAsync(count, stopping);
        await CloseAsync();
        _before = await _memory.ReadAsync(_load.Warmup, stopping);
    }

    /// <summary>Opens all connections, then reads memory.</summary>
    public async Task ConnectAsync(CancellationToken stopping)
    {
        _context.Progress.Tell(Invariant($"connecting {_load.Clients:N0} viewers, {_load.ConnectRate:N0} a second"));
        long started = Stopwatch.GetTimestamp();
        _connectCpu = CpuMeter.Start(_context.Target.Processes);
        await OpenAsync(_load.Clients, stopping);
        _connectCpu.Stop();
        _connectTime = Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Lets them be.</summary>
    public async Task HoldAsync(CancellationToken stopping)
    {
        _context.Progress.Tell("idle");
        _idleCpu = CpuMeter.Start(_context.Target.Processes);
        await Task.Delay(_load.Duration, _context.Time, stopping);
        _idleCpu.Stop();
        _after = await _memory.ReadAsync(_load.Warmup, stopping);
    }

    /// <summary>Closes all, and tells the figures.</summary>
    public async Task<RunResult> ResultAsync()
    {
        string?[] ends = await CloseAsync();
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
                new(FigureNames.Disconnected, ends.Length, Aggregation.Worst),
                new("connect_all_s", _connectTime.TotalSeconds),
                new("connect_retries", _ramp.Retries),
                .. _connectCpu!.Figures(_load.Clients, "connects"),
                .. _idleCpu!.Seconds().Select(cpu => new Figure(
                    $"idle_cpu_{cpu.Process}_percent_of_core", cpu.Seconds * 100 / _load.Duration.TotalSeconds)),
            ],
            Notes =
            [
                .. ends.Length > 0 ? [$"first disconnected: {ends[0]}"] : Array.Empty<string>(),
                .. _after.IsCollected
                    ? Array.Empty<string>()
                    : ["no full collection could be asked for: memory holds garbage"],
            ],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task OpenAsync(int count, CancellationToken stopping)
    {
        _connections = await _ramp.OpenAsync(
            count,
            viewer => new ViewerOpening(
                $"/ws/agents?agents={_agents.NameOf(viewer % _load.Agents)}",
                _context.Target.ViewerTokens.TokenOf(viewer)),
            stopping);
        _reading = [.. _connections.Select(connection => connection.RunAsync(static _ => { }))];
    }

    private async Task<string?[]> CloseAsync()
    {
        ViewerConnection[] connections = Interlocked.Exchange(ref _connections, []);
        foreach (ViewerConnection connection in connections)
        {
            connection.Stop();
        }

        string?[] ends = [.. (await Task.WhenAll(_reading)).Where(end => end is not null)];
        _reading = [];
        foreach (ViewerConnection connection in connections)
        {
            await connection.DisposeAsync();
        }

        return ends;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
