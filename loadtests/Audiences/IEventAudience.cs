using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Audiences;

/// <summary>Viewers of events, in this process or in another.</summary>
internal interface IEventAudience : IAsyncDisposable
{
    /// <summary>Opens all; each has its subscription when this returns.</summary>
    /// <exception cref="ViewerException">One was refused for good.</exception>
    Task OpenAsync(CancellationToken stopping);

    /// <summary>Sets the measured time, as timestamps.</summary>
    Task MeasureAsync(long from, long until);

    /// <summary>Closes all; what was counted is final.</summary>
    /// <param name="published">How many events were published over all agents.</param>
    Task<AudienceOutcome> CloseAsync(long published);
}
