using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Audiences;

/// <summary>What viewers of events are measured by.</summary>
internal sealed class AudienceSteps
{
    /// <summary>Name of <see cref="Connect"/> where it has no part.</summary>
    public const string ConnectName = "connect";

    /// <summary>From when a connection was due to its subscription.</summary>
    public Step Connect { get; } = Step.Measured(ConnectName);

    /// <summary>From when an event was due to a viewer's callback.</summary>
    public Step Deliver { get; } = new("deliver");
}
