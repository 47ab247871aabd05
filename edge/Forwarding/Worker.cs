using Realtime.Edge.Affinity;
using Realtime.Hosting.Health;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// What this edge knows of one worker: how it is, what it said, what goes on there through this edge.
/// </summary>
internal sealed class Worker(DestinationState destination, Breaker breaker, TimeProvider clock) : IDisposable
{
    /// <summary>So many probes without an answer are no accident: one may be lost, or late.</summary>
    public const int SilentProbesMax = 2;

    private long _connections;
    private long _connectionsReported;
    private long _connectionsSinceReport;
    private long _requests;
    private long _silentTicks;
    private long _restsUntil = long.MinValue;
    private volatile ReadinessReport? _report;
    private volatile WorkerState _state;
    private volatile int _silentProbes;
    private volatile int _unansweredProbes;
    private CancellationTokenSource _life = new();

    public string Id => Destination.DestinationId;

    /// <summary>Hash of the id, for ranking.</summary>
    public ulong IdHash { get; } = Rendezvous.Hash(destination.DestinationId);

    public DestinationState Destination { get; } = destination;

    public string Address => Destination.Model.Config.Address;

    public Uri Uri => new(Address);

    public Breaker Breaker { get; } = breaker;

    /// <summary>What its clock shows.</summary>
    public WorkerClock Clock { get; } = new(clock);

    /// <summary>Whether it gets new work: neither the last probe nor attempts since found it wanting.</summary>
    public bool IsAvailable => _state is WorkerState.Ready or WorkerState.Unknown && !IsResting && Breaker.Admits;

    /// <summary>
    /// Whether it may be asked where no worker is available: nothing says for sure that it would not take the work.
    /// Failed attempts, or one probe that was lost or slow, are no proof; the worker's own word is, and so is silence
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

    /// <summary>Cancelled when all that is open there is cut; another one then stands for what comes later.</summary>
    public CancellationToken Life => Volatile.Read(ref _life).Token;

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

    private bool IsResting => clock.GetTimestamp() < Interlocked.Read(ref _restsUntil);

    /// <summary>Whether it does what belongs to the role; one that doesn't say what it does, does everything.</summary>
    public bool Serves(WorkerRole role) => _report is not { Roles: { IsEmpty: false } roles } || roles.Contains(role);

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

    /// <summary>Spares others the attempt that one has just made in vain.</summary>
    public void RestFor(TimeSpan time) => Interlocked.Exchange(
        ref _restsUntil, clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));

    /// <summary>
    /// How long we have waited for a word of it in vain: for answers to probes, and for bytes on any stream. What this
    /// process slept through is no silence of the worker's.
    /// </summary>
    public TimeSpan Silence => new(Interlocked.Read(ref _silentTicks));

    /// <summary>Probes in a row that were not answered, without any other word of it.</summary>
    public int UnansweredProbes => _unansweredProbes;

    /// <summary>It lives: an answer of it has come, in time or late, or bytes. For every write of a stream.</summary>
    public void Heard()
    {
        // Mostly it is read only, so that the processors share it.
        if (_unansweredProbes != 0)
        {
            _unansweredProbes = 0;
        }

        if (Interlocked.Read(ref _silentTicks) != 0)
        {
            Interlocked.Exchange(ref _silentTicks, 0);
        }
    }

    /// <summary>A probe was not answered in time.</summary>
    public void Unanswered() => _unansweredProbes = Math.Min(_unansweredProbes + 1, SilentProbesMax);

    /// <summary>So long nothing came.</summary>
    public void WasSilent(TimeSpan time) => Interlocked.Add(ref _silentTicks, time.Ticks);

    /// <summary>Takes over what a probe found. Answers whether the state changed.</summary>
    public bool Probed(ProbeResult result)
    {
        _silentProbes = result.IsSilent ? Math.Min(_silentProbes + 1, SilentProbesMax) : 0;
        if (result.Report is { } report)
        {
            _report = report;
            if (report.TimeMs is { } time)
            {
                Clock.Read(time);
            }

            if (report.Load.TryGetValue(ReadinessReport.Connections, out long connections))
            {
                // What opens between these two lines is counted by the next report.
                Interlocked.Exchange(ref _connectionsReported, connections);
                Interlocked.Exchange(ref _connectionsSinceReport, 0);
            }
        }

        if (result.State == WorkerState.Unreachable)
        {
            Breaker.ProbeFailed();
        }
        else
        {
            Breaker.ProbeSucceeded();
        }

        return Become(result.State);
    }

    /// <summary>It has just been ordered to drain: what would go there now would be refused.</summary>
    public void OrderedToDrain() => Become(WorkerState.Draining);

    /// <summary>Cuts all connections and requests that are open there.</summary>
    public void CutAll()
    {
        // Not disposed: attempts that begin just now may still link to it, and it holds nothing but them.
        CancellationTokenSource life = Interlocked.Exchange(ref _life, new CancellationTokenSource());
        life.Cancel();
    }

    public void Dispose() => _life.Dispose();

    private bool Become(WorkerState state)
    {
        bool isChanged = _state != state;
        _state = state;
        return isChanged;
    }
}
