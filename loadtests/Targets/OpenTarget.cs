namespace Realtime.Loadtests.Targets;

/// <summary>A target for one run; what was started for it ends with it.</summary>
internal sealed class OpenTarget(Target target, IStartedSystem? started) : IAsyncDisposable
{
    /// <summary>The system under load.</summary>
    public Target Target => target;

    /// <summary>Its processes, where they were started here and can be killed; else null.</summary>
    public ProcessSystem? Processes => started as ProcessSystem;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => started?.DisposeAsync() ?? ValueTask.CompletedTask;
}
