using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Targets;

/// <summary>Gives each run its target: the running system that was named, else one started anew.</summary>
internal sealed class TargetSource
{
    private readonly TargetOptions _options;
    private readonly Progress _progress;
    private readonly TimeProvider _time;
    private readonly string? _devhost;

    private TargetSource(TargetOptions options, Progress progress, TimeProvider time, string? devhost)
    {
        _options = options;
        _progress = progress;
        _time = time;
        _devhost = devhost;
    }

    private static bool IsRunning(TargetOptions options) => options.Edge is not null || options.ReadyFile is not null;

    /// <summary>Builds the devhost, if one will be started.</summary>
    public static async Task<TargetSource> PrepareAsync(
        TargetOptions options, Progress progress, TimeProvider time, CancellationToken stopping)
    {
        string? devhost = null;
        if (!IsRunning(options))
        {
            progress.Tell(options.NoBuild ? "taking the devhost as it was last built" : "building the devhost");
            devhost = await DevhostProgram.FindAsync(!options.NoBuild, stopping);
        }

        return new TargetSource(options, progress, time, devhost);
    }

    /// <summary>The target of the next run.</summary>
    public async Task<OpenTarget> OpenAsync(IScenario scenario, CancellationToken stopping)
    {
        if (_options.Edge is { } edge)
        {
            return new OpenTarget(Target.FromEdge(edge, _options, Environment.GetEnvironmentVariable, _time), null);
        }

        if (_options.ReadyFile is { } readyFile)
        {
            return new OpenTarget(Target.FromReadyFile(ReadyFile.Read(readyFile), _options, _time), null);
        }

        _progress.Tell("starting a system");
        StartedSystem started = await StartedSystem.StartAsync(_devhost!, _options, _time, stopping);
        return new OpenTarget(Target.FromReadyFile(started.ReadReadyFile(), _options, _time), started);
    }
}
