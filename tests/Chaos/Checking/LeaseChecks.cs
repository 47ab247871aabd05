using Realtime.Client;

namespace Realtime.Tests.Chaos.Checking;

/// <summary>What must hold of leases besides what <see cref="LogChecks"/> finds in history.</summary>
internal static class LeaseChecks
{
    /// <summary>Who lives and renews is never told that its lease is lost; null if it was not.</summary>
    public static string? OfHolder(string holder, RealtimeException? loss) => loss is null
        ? null
        : $"{holder} lives, and was told that its lease is lost: {loss.Code} {loss.Detail}";

    /// <summary>The terminal of a task whose lease ran out has ended; null if so.</summary>
    public static string? OfLostTask(string task, int? exitCode) => exitCode == -1
        ? null
        : $"{task} is lost, but its terminal has not ended with -1";
}
