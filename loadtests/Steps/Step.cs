using System.Diagnostics;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Steps;

/// <summary>
/// One named action of a scenario that is measured: how often it went well, how long that took from when it was due,
/// how often it failed and why. From any thread; only what was due in the measured time has its latency taken.
/// </summary>
internal sealed class Step(string name)
{
    private long _from = long.MaxValue;
    private long _until = long.MaxValue;
    private long _done;
    private long _failed;
    private string? _firstFailure;

    /// <summary>What it does.</summary>
    public string Action => name;

    /// <summary>What reports call it: the action, behind the part where there is one.</summary>
    public string Name => Part is null ? name : $"{Part}.{name}";

    /// <summary>The part of a run that it is of, where a run has several; null if it has not.</summary>
    public string? Part { get; set; }

    /// <summary>From due to done, of what was due in the measured time.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>How often it went well, warm-up included.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>How often it failed, warm-up included.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Why it failed first; null if it never did.</summary>
    public string? FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>One whose latency is taken from the beginning.</summary>
    public static Step Measured(string name)
    {
        var step = new Step(name);
        step.Measure(0, long.MaxValue);
        return step;
    }

    /// <summary>Sets the measured time, as timestamps; before it only <see cref="Done"/> counts.</summary>
    public void Measure(long from, long until)
    {
        Volatile.Write(ref _until, until);
        Volatile.Write(ref _from, from);
    }

    /// <summary>It went well: due then, done now.</summary>
    public void Ok(long due, long now)
    {
        Interlocked.Increment(ref _done);
        if (due >= Volatile.Read(ref _from) && due < Volatile.Read(ref _until))
        {
            Latency.Record((long)Stopwatch.GetElapsedTime(due, now).TotalMicroseconds);
        }
    }

    /// <summary>It failed, once or several times for one reason.</summary>
    public void Fail(string reason, long count = 1)
    {
        Interlocked.Add(ref _failed, count);
        Interlocked.CompareExchange(ref _firstFailure, reason, null);
    }

    /// <summary>Adds what another process counted since it last told.</summary>
    public void Add(long done, long failed, string? firstFailure)
    {
        Interlocked.Add(ref _done, done);
        if (failed > 0)
        {
            Fail(firstFailure ?? "no reason was given", failed);
        }
    }
}
