using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Commands;

/// <summary>The options of <c>bench</c> for the shape of the load, and for what is started.</summary>
internal sealed class BenchArguments(LoadOptions usual)
{
    private const int FleetMax = 8;

    private readonly Option<int?> _clients = LoadArguments.Number("--clients", 1, 100_000, "Viewers.");
    private readonly Option<int?> _clientProcesses = LoadArguments.Number(
        "--client-processes", 0, 64, "Processes that hold them; 0: this one, which publishes too.");
    private readonly Option<int?> _agents = LoadArguments.Number(
        "--agents", 1, 100_000, "Agents; viewer n watches agent n mod this.");
    private readonly Option<int?> _payloadBytes = LoadArguments.Number(
        "--payload-bytes", EventBatch.PayloadBytesMin, 64 * 1024, "Bytes of each event's payload.");
    private readonly Option<int?> _publishers = LoadArguments.Number(
        "--publishers", 1, 256, "Keep-alive connections that publish by HTTP.");
    private readonly Option<int?> _connectRate = LoadArguments.Number(
        "--connect-rate", 1, 10_000, "Connections opened a second.");
    private readonly Option<TimeSpan?> _warmup = LoadArguments.Duration(
        "--warmup", TimeSpan.Zero, "Load before the measuring begins: half of it, at least 10,000 deliveries/s.");
    private readonly Option<TimeSpan?> _duration = LoadArguments.Duration(
        "--duration", TimeSpan.FromSeconds(1), "How long is measured.");
    private readonly Option<int?> _edges = LoadArguments.Number("--edges", 1, FleetMax, "Edges of the product.");
    private readonly Option<int?> _workers = LoadArguments.Number("--workers", 1, FleetMax, "Workers of the product.");
    private readonly Option<bool> _noBuild = new("--no-build")
    {
        Description = "Start our programs as they were last built.",
    };

    private readonly Option<RedisChoice?> _redis = new("--redis")
    {
        Description = $"Redis of the product, and of peers that have one: {RedisChoice.Rule}.",
        HelpName = "WHICH",
        CustomParser = TargetArguments.ParseRedis,
    };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options =>
    [
        _clients, _clientProcesses, _agents, _payloadBytes, _publishers, _connectRate, _warmup, _duration, _edges,
        _workers, _redis, _noBuild,
    ];

    /// <summary>Adds errors where options contradict each other.</summary>
    public void Check(CommandResult command)
    {
        // What is no number has its own error already.
        int Given(Option<int?> option, int own) => command.GetResult(option) is { Tokens: [{ Value: var text }] }
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : own;
        if (Given(_clients, usual.Clients) is var clients && Given(_agents, usual.Agents) is var agents
            && clients < agents)
        {
            command.AddError($"--clients must be at least as many as --agents, so that all are watched, "
                + $"but {clients} are to watch {agents}.");
        }
    }

    /// <summary>The load, but for its rate.</summary>
    public LoadOptions Shape(ParseResult parsed) => usual with
    {
        Clients = parsed.GetValue(_clients) ?? usual.Clients,
        ClientProcesses = parsed.GetValue(_clientProcesses) ?? usual.ClientProcesses,
        Agents = parsed.GetValue(_agents) ?? usual.Agents,
        PayloadBytes = parsed.GetValue(_payloadBytes) ?? usual.PayloadBytes,
        Publishers = parsed.GetValue(_publishers) ?? usual.Publishers,
        ConnectRate = parsed.GetValue(_connectRate) ?? usual.ConnectRate,
        Warmup = parsed.GetValue(_warmup) ?? usual.Warmup,
        Duration = parsed.GetValue(_duration) ?? usual.Duration,
    };

    /// <summary>What is started.</summary>
    public TargetOptions Target(ParseResult parsed) => new()
    {
        AsProcesses = true,
        Edges = parsed.GetValue(_edges) ?? 1,
        Workers = parsed.GetValue(_workers) ?? 1,
        Redis = parsed.GetValue(_redis),
        NoBuild = parsed.GetValue(_noBuild),
    };
}
