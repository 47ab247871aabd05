using System.Diagnostics.Metrics;
using Realtime.Hosting.Identity;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Drain;

/// <summary>A connection without a transport; notes what it is told, and goes when the test says so.</summary>
internal sealed class FakeConnection : IConnection
{
    private readonly Action? _left;

    public FakeConnection(TimeProvider clock, IMeterFactory meters, string? edge = "e1", Action? left = null)
    {
        _left = left;
        Pulse = new Pulse(clock, TimeSpan.FromSeconds(20));
        Outbox = new Outbox(WireFormats.JsonFrames, new DeliveryOptions(), 0, new DeliveryMetrics(meters));
        Held = new HeldIdentity(new Identity
        {
            Tenant = "acme",
            Subject = "someone",
            Grants = Grants.None,
            ExpiresAt = DateTimeOffset.MaxValue,
            EdgeId = edge,
        });
    }

    public string SessionId { get; } = Realtime.Workers.Connections.SessionId.Create();

    public HeldIdentity Held { get; }

    public Identity Identity => Held.Current;

    public Outbox Outbox { get; }

    public Pulse Pulse { get; }

    public int SubscriptionCount => 0;

    /// <summary>With what deadline and delay it was told to leave; null if it was not.</summary>
    public (TimeSpan Deadline, TimeSpan Delay)? Told { get; private set; }

    public int TimesTold { get; private set; }

    public void Tick(long now)
    {
    }

    public void Drain(TimeSpan deadline, TimeSpan delay)
    {
        Told = (deadline, delay);
        TimesTold++;
        _left?.Invoke();
    }

    public void TellExpiring(DateTimeOffset expiresAt)
    {
    }

    public void TellLogAway()
    {
    }
}
