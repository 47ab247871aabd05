using System.Globalization;
using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Targets;

/// <summary>Gives each run its target: the running system that was named, else one started anew.</summary>
internal sealed class TargetSource
{
    private readonly TargetOptions _options;
    private readonly Progress _progress;
    private readonly TimeProvider _time;
    private readonly SystemPrograms? _programs;

    private TargetSource(TargetOptions options, Progress progress, TimeProvider time, SystemPrograms? programs)
    {
        _options = options;
        _progress = progress;
        _time = time;
        _programs = programs;
    }

    /// <summary>Builds what will be started.</summary>
    public static async Task<TargetSource> PrepareAsync(
        TargetOptions options, IReadOnlyList<IScenario> scenarios, Progress progress, TimeProvider time,
        CancellationToken stopping)
    {
        if (options.IsRunning)
        {
            return new TargetSource(options, progress, time, null);
        }

        progress.Tell(options.NoBuild ? "taking the servers as they were last built" : "building the servers");
        TargetOptions[] wanted = [.. scenarios.Select(scenario => scenario.Needs(options))];
        SystemPrograms programs = await SystemPrograms.FindAsync(
            wanted.Any(one => !one.AsProcesses), wanted.Any(one => one.AsProcesses), !options.NoBuild, stopping);
        return new TargetSource(options, progress, time, programs);
    }

    /// <summary>The target of the next run.</summary>
    public async Task<OpenTarget> OpenAsync(IScenario scenario, CancellationToken stopping)
    {
        if (_options.Edge is { } edge)
        {
            return new OpenTarget(
                Target.FromEdge(edge, _options, Environment.GetEnvironmentVariable, _time), null);
        }

        if (_options.ReadyFile is { } readyFile)
        {
            return new OpenTarget(Target.FromReadyFile(ReadyFile.Read(readyFile), _options, _time), null);
        }

        TargetOptions wanted = scenario.Needs(_options);
        _progress.Tell(wanted.AsProcesses
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"starting {wanted.Edges} edge(s), {wanted.Workers} worker(s) and Redis as processes")
            : "starting a devhost");
        IStartedSystem started = wanted.AsProcesses
            ? await ProcessSystem.StartAsync(_programs!, wanted, _time, stopping)
            : await DevhostSystem.StartAsync(_programs!.Devhost, wanted, _time, stopping);
        return new OpenTarget(started.Target, started);
    }
}
