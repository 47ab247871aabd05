namespace Realtime.Loadtests.Targets;

/// <summary>A target for one run; what was started for it ends with it.</summary>
internal sealed class OpenTarget(Target target, StartedSystem? started) : IAsyncDisposable
{
    /// <summary>The system under load.</summary>
    public Target Target => target;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => started?.DisposeAsync() ?? ValueTask.CompletedTask;
}
