namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>All contenders.</summary>
internal static class ContenderCatalog
{
    /// <summary>Nothing of the product.</summary>
    public const string None = "none";

    /// <summary>What <c>--at</c> takes: the product, or a part of it.</summary>
    public static IReadOnlyDictionary<string, Func<IContender?>> Own { get; } =
        new Dictionary<string, Func<IContender?>>
        {
            ["all"] = () => new RealtimeContender(hasEdge: true),
            ["worker"] = () => new RealtimeContender(hasEdge: false),
            ["edge"] = () => new EdgeContender(),
            [None] = () => null,
        };

    /// <summary>What <c>--peer</c> takes.</summary>
    public static IReadOnlyDictionary<string, Func<IContender>> Peers { get; } =
        new Dictionary<string, Func<IContender>>
        {
            ["ws"] = () => new PeerContender(PeerProgram.Ws),
            ["socket.io"] = () => new PeerContender(PeerProgram.SocketIo),
            ["signalr"] = () => new PeerContender(PeerProgram.SignalR),
            ["nats"] = () => new PeerContender(PeerProgram.Nats),
            ["nginx"] = () => new ProxyContender(ProxyProgram.Nginx),
            ["haproxy"] = () => new ProxyContender(ProxyProgram.Haproxy),
        };
}
