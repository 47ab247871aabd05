using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>More about a lease.</summary>
public sealed record LeaseOptions
{
    internal static readonly TimeSpan TtlMin = TimeSpan.FromMilliseconds(LeaseRequest.TtlMsMin);
    internal static readonly TimeSpan TtlMax = TimeSpan.FromMilliseconds(LeaseRequest.TtlMsMax);

    /// <summary>
    /// How long it is held if it is not renewed (10 s to 5 min; default 30 s): so long after this process has died the
    /// log says that it is lost. It is renewed after a third of that.
    /// </summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>With a task: the agent that works on it, or null.</summary>
    public string? Agent { get; init; }
}
