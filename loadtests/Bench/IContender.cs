using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench;

/// <summary>What is put under the load of <c>bench</c>: the product, a part of it, or a peer.</summary>
internal interface IContender
{
    /// <summary>What tables and the command line call it.</summary>
    string Name { get; }

    /// <summary>What it is, in a line.</summary>
    string Summary { get; }

    /// <summary>Finds its programs, and builds those that are this repository's.</summary>
    /// <exception cref="TargetException">One is missing. The message says how to install it.</exception>
    Task PrepareAsync(BenchOptions options, CancellationToken stopping);

    /// <summary>Starts it for one run.</summary>
    /// <exception cref="TargetException">It did not come up; its last lines are in the message.</exception>
    Task<IStartedSystem> StartAsync(BenchOptions options, TimeProvider time, CancellationToken stopping);
}
