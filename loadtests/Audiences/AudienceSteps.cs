using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Audiences;

/// <summary>What viewers of events are measured by.</summary>
internal sealed class AudienceSteps
{
    /// <summary>From when a connection was due to its subscription.</summary>
    public Step Connect { get; } = Step.Measured("connect");

    /// <summary>From when an event was due to a viewer's callback.</summary>
    public Step Deliver { get; } = new("deliver");
}
