using System.Globalization;
using Realtime.Loadtests.Speech;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench.Contenders;

/// <summary>A peer that takes events and hands them out: how it is found, started and spoken to.</summary>
internal sealed record PeerProgram
{
    private const string InstallNode = "nodejs npm";

    /// <summary>Its name, and its folder.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required string Summary { get; init; }

    /// <summary>What its WebSockets speak.</summary>
    public SpeechKind Speech { get; init; }

    /// <summary>Whether it needs a Redis.</summary>
    public bool HasRedis { get; init; }

    /// <summary>Whether events go to another port than that of its WebSockets.</summary>
    public bool HasOwnIngest { get; init; }

    /// <summary>Finds it, and builds it if it is ours; the program and the first words of its command line.</summary>
    /// <exception cref="TargetException">It is missing. The message says how to install it.</exception>
    public required Func<bool, CancellationToken, Task<IReadOnlyList<string>>> FindAsync { get; init; }

    /// <summary>The other words: by its port, that of its ingest, where Redis is, and a folder of its own.</summary>
    public required Func<int, int, string, string, IEnumerable<string>> Arguments { get; init; }

    /// <summary>Node and ws.</summary>
    public static PeerProgram Ws { get; } = new()
    {
        Name = "ws",
        Summary = "Node and ws: one process, no log, no identities",
        FindAsync = (_, _) => Task.FromResult(FindNode("ws")),
        Arguments = (port, _, _, _) => [Text(port)],
    };

    /// <summary>Socket.IO with its Redis Streams adapter.</summary>
    public static PeerProgram SocketIo { get; } = new()
    {
        Name = "socket.io",
        Summary = "Socket.IO with its Redis Streams adapter: one process, and Redis",
        Speech = SpeechKind.SocketIo,
        HasRedis = true,
        FindAsync = (_, _) => Task.FromResult(FindNode("socket.io")),
        Arguments = (port, _, redis, _) => [Text(port), redis],
    };

    /// <summary>ASP.NET Core SignalR.</summary>
    public static PeerProgram SignalR { get; } = new()
    {
        Name = "signalr",
        Summary = "ASP.NET Core SignalR, JSON protocol: one process, no log",
        Speech = SpeechKind.SignalR,
        FindAsync = async (build, stopping) =>
        [
            "dotnet",
            await new ServerProgram("loadtests/peers/signalr", "Realtime.SignalRPeer.dll").FindAsync(build, stopping),
        ],
        Arguments = (port, _, _, _) => [Text(port)],
    };

    /// <summary>nats-server with its WebSockets.</summary>
    public static PeerProgram Nats { get; } = new()
    {
        Name = "nats",
        Summary = "nats-server, core NATS: one process, no log",
        Speech = SpeechKind.Nats,
        HasOwnIngest = true,
        FindAsync = (_, _) => Task.FromResult<IReadOnlyList<string>>(
            [PeerFolder.RequireProgram("nats-server", "nats-server")]),
        Arguments = (port, ingest, _, folder) => ["-c", WriteNats(port, ingest, folder)],
    };

    private static IReadOnlyList<string> FindNode(string peer)
    {
        string folder = Path.Combine(PeerFolder.Path, peer);
        string node = PeerFolder.RequireProgram("node", InstallNode);
        return Directory.Exists(Path.Combine(folder, "node_modules"))
            ? [node, Path.Combine(folder, "peer.mjs")]
            : throw new TargetException($"The packages of the peer {peer} are not installed: cd {folder} && npm ci");
    }

    private static string WriteNats(int port, int ingest, string folder)
    {
        string file = Path.Combine(folder, "nats.conf");
        File.WriteAllText(
            file,
            File.ReadAllText(Path.Combine(PeerFolder.Path, "nats", "nats.conf"))
                .Replace("@LISTEN@", Text(port)).Replace("@INGEST@", Text(ingest)));
        return file;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
