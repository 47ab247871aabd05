using Realtime.Edge.Affinity;
using Realtime.Hosting.Health;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Forwarding;

/// <summary>What this edge knows of one worker beyond what the proxy does: its load, its last report.</summary>
internal sealed class Worker(DestinationState destination)
{
    private const int SilentProbesMax = 2;

    private long _connections;
    private long _connectionsReported;
    private long _connectionsSinceReport;
    private long _requests;
    private volatile ReadinessReport? _report;
    private volatile WorkerState _state;
    private volatile int _silentProbes;

    public string Id => Destination.DestinationId;

    /// <summary>Hash of the id, for ranking.</summary>
    public ulong IdHash { get; } = Rendezvous.Hash(destination.DestinationId);

    public DestinationState Destination { get; } = destination;

    public string Address => Destination.Model.Config.Address;

    /// <summary>Whether it gets new work: neither the last probe nor an attempt since found it wanting.</summary>
    public bool IsAvailable =>
        Destination.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };

    /// <summary>
    /// Whether it may be asked where no worker is available: nothing says for sure that it would not take the work. A
    /// failed attempt, or one probe that was lost or slow, is no proof; the worker's own word is, and so is silence
    /// that lasts, since a request would wait for it in vain.
    /// </summary>
    public bool IsLastResort => _state switch
    {
        WorkerState.Draining or WorkerState.Unready => false,
        _ => _silentProbes < SilentProbesMax,
    };

    /// <summary>What the last probe found.</summary>
    public WorkerState State => _state;

    /// <summary>The worker's last report; null if there is none.</summary>
    public ReadinessReport? Report => _report;

    /// <summary>Whether it does what belongs to the role; one that doesn't say what it does, does everything.</summary>
    public bool Serves(WorkerRole role) => _report is not { Roles: { IsEmpty: false } roles } || roles.Contains(role);

    /// <summary>Connections open through this edge.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    /// <summary>Plain requests in flight through this edge.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>
    /// Connections as last reported (those of other edges too), and what this edge opened and closed since: between two
    /// reports a burst would otherwise land on one worker.
    /// </summary>
    public long Load => Math.Max(
        0, Interlocked.Read(ref _connectionsReported) + Interlocked.Read(ref _connectionsSinceReport));

    public void Begin(TrafficKind kind)
    {
        if (kind == TrafficKind.Request)
        {
            Interlocked.Increment(ref _requests);
            return;
        }

        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _connectionsSinceReport);
    }

    public void End(TrafficKind kind)
    {
        if (kind == TrafficKind.Request)
        {
            Interlocked.Decrement(ref _requests);
            return;
        }

        Interlocked.Decrement(ref _connections);
        Interlocked.Decrement(ref _connectionsSinceReport);
    }

    /// <summary>
    /// Takes over what a probe found; <paramref name="isSilent"/>: no answer, and no refusal either. Answers whether
    /// the state changed.
    /// </summary>
    public bool Probed(WorkerState state, ReadinessReport? report, bool isSilent)
    {
        _silentProbes = isSilent ? Math.Min(_silentProbes + 1, SilentProbesMax) : 0;
        if (report is not null)
        {
            _report = report;
            if (report.Load.TryGetValue(ReadinessReport.Connections, out long connections))
            {
                // What opens between these two lines is counted by the next report.
                Interlocked.Exchange(ref _connectionsReported, connections);
                Interlocked.Exchange(ref _connectionsSinceReport, 0);
            }
        }

        bool isChanged = _state != state;
        _state = state;
        return isChanged;
    }
}
