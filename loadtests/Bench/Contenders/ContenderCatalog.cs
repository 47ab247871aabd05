namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>All contenders.</summary>
internal static class ContenderCatalog
{
    /// <summary>What <c>--at</c> takes: the product, or a part of it.</summary>
    public static IReadOnlyDictionary<string, Func<IContender?>> Own { get; } =
        new Dictionary<string, Func<IContender?>>
        {
            ["all"] = () => new RealtimeContender(hasEdge: true),
            ["worker"] = () => new RealtimeContender(hasEdge: false),
            ["none"] = () => null,
        };

    /// <summary>What <c>--peer</c> takes.</summary>
    public static IReadOnlyDictionary<string, Func<IContender>> Peers { get; } =
        new Dictionary<string, Func<IContender>>();
}
