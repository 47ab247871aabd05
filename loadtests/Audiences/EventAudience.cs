using Realtime.Loadtests.ClientProcesses;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Audiences;

/// <summary>All viewers of events of a run, wherever they are.</summary>
internal sealed class EventAudience : IAsyncDisposable
{
    private readonly IEventAudience[] _parts;

    /// <summary>Makes them.</summary>
    /// <param name="target">Where they connect.</param>
    /// <param name="whole">Who they are.</param>
    /// <param name="processes">In how many processes of their own; 0: in this one.</param>
    /// <param name="time">The clock.</param>
    public EventAudience(Target target, AudiencePart whole, int processes, TimeProvider time) =>
        _parts = processes == 0
            ? [Here(target, whole, Steps, time)]
            : [.. whole.Split(processes).Select(part => new ProcessAudience(target, part, Steps))];

    /// <summary>What they are measured by.</summary>
    public AudienceSteps Steps { get; } = new();

    /// <summary>Viewers in this process.</summary>
    public static IEventAudience Here(Target target, AudiencePart part, AudienceSteps steps, TimeProvider time) =>
        target.IsPlain
            ? new PlainAudience(target, part, steps, time)
            : new LocalAudience(target, part, steps, time);

    /// <summary>Opens all; each has its subscription when this returns.</summary>
    public Task OpenAsync(CancellationToken stopping) =>
        Task.WhenAll(_parts.Select(part => part.OpenAsync(stopping)));

    /// <summary>Sets the measured time, as timestamps.</summary>
    public Task MeasureAsync(long from, long until) =>
        Task.WhenAll(_parts.Select(part => part.MeasureAsync(from, until)));

    /// <summary>Closes all; what was counted is final.</summary>
    /// <param name="published">How many events were published over all agents.</param>
    public async Task<AudienceOutcome> CloseAsync(long published) =>
        (await Task.WhenAll(_parts.Select(part => part.CloseAsync(published))))
            .Aggregate(AudienceOutcome.None, (all, part) => all + part);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IEventAudience part in _parts)
        {
            await part.DisposeAsync();
        }
    }
}
