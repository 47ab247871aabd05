using Realtime.Hosting.Identity;

namespace Realtime.Hosting.Health;

/// <summary>
/// How an edge finds out that a worker has other internal keys, before a client does: its probes carry an
/// <see cref="OperatorStamp"/>, and the worker says in <see cref="Header"/> what that is worth.
/// </summary>
public static class ProbeStamp
{
    /// <summary>The header of the answer.</summary>
    public const string Header = "Realtime-Stamp";

    /// <summary>The method that is signed.</summary>
    public const string Method = "GET";

    /// <summary>The target that is signed, wherever the worker is reached.</summary>
    public const string Target = "/readyz";

    /// <summary>A verdict as it stands in the header: <c>good</c>, <c>wrong</c> or <c>untimely</c>.</summary>
    public static string NameOf(StampVerdict verdict) => verdict switch
    {
        StampVerdict.Good => "good",
        StampVerdict.Untimely => "untimely",
        _ => "wrong",
    };
}
