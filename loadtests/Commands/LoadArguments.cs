using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Realtime.Hosting.Configuration;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Commands;

/// <summary>The options that change a scenario's load. What is not given stays the scenario's own.</summary>
internal sealed class LoadArguments
{
    private static readonly TimeSpan DurationMax = TimeSpan.FromHours(24);

    private readonly Option<int?> _clients = Number("--clients", 1, 100_000, "WebSocket clients over TLS.");
    private readonly Option<int?> _slowClients = Number(
        "--slow-clients", 1, 10_000, "Clients besides that read at half of what comes.");
    private readonly Option<int?> _agents = Number(
        "--agents", 1, 100_000, "Agents; client n watches agent n mod this.");
    private readonly Option<int?> _agentsEach = Number("--agents-each", 1, 1_000, "Agents that each client watches.");
    private readonly Option<int?> _clientProcesses = Number(
        "--client-processes", 0, 64, "Processes that hold the viewers of events; 0: the one that runs the scenario.");
    private readonly Option<int?> _rate = Number("--rate", 1, 1_000_000, "Events published a second, over all agents.");
    private readonly Option<int?> _payloadBytes = Number(
        "--payload-bytes", EventBatch.PayloadBytesMin, 64 * 1024, "Bytes of each event's payload.");
    private readonly Option<int?> _publishers = Number("--publishers", 1, 256, "Keep-alive connections that publish.");
    private readonly Option<int?> _connectRate = Number("--connect-rate", 1, 10_000, "Connections opened a second.");
    private readonly Option<TimeSpan?> _warmup = Duration(
        "--warmup", TimeSpan.Zero, "Load before the measuring begins.");
    private readonly Option<TimeSpan?> _duration = Duration(
        "--duration", TimeSpan.FromSeconds(1), "How long is measured.");

    private readonly Option<LoadSimulation[]> _simulations = new("--simulation")
    {
        Description = $"How publishing (of connect: connecting) goes over the measured time, in place of --rate and "
            + $"--duration: {LoadSimulation.OpenRule}. Repeat it for several, one after the other.",
        HelpName = "TEXT",
        CustomParser = ParseSimulations,
        DefaultValueFactory = _ => [],
    };

    private readonly TerminalArguments _terminal = new();

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options =>
    [
        _clients, _slowClients, _clientProcesses, _agents, _agentsEach, _rate, _simulations, _payloadBytes,
        _publishers, _connectRate, _warmup, _duration, .. _terminal.Options,
    ];

    /// <summary>A scenario's own load, changed by what was given. What it does not use (0) stays so.</summary>
    public LoadOptions Apply(ParseResult parsed, LoadOptions own)
    {
        int Given(Option<int?> option, int usual) => usual == 0 ? 0 : parsed.GetValue(option) ?? usual;
        TimeSpan duration = parsed.GetValue(_duration) ?? own.Duration;
        LoadSimulation[] given = own.Rate == 0 && own.Simulations.Count == 0
            ? []
            : parsed.GetValue(_simulations)!;
        IReadOnlyList<LoadSimulation> simulations = given.Length > 0
            ? given
            : [.. own.Simulations.Select(one => one with { During = one.During * (duration / own.Duration) })];
        return own with
        {
            Clients = Given(_clients, own.Clients),
            ClientProcesses = parsed.GetValue(_clientProcesses) ?? own.ClientProcesses,
            SlowClients = Given(_slowClients, own.SlowClients),
            Agents = Given(_agents, own.Agents),
            AgentsEach = Given(_agentsEach, own.AgentsEach),
            Simulations = simulations,
            Rate = Given(_rate, own.Rate),
            PayloadBytes = Given(_payloadBytes, own.PayloadBytes),
            Publishers = Given(_publishers, own.Publishers),
            ConnectRate = Given(_connectRate, own.ConnectRate),
            Warmup = parsed.GetValue(_warmup) ?? own.Warmup,
            Duration = given.Aggregate(given.Length > 0 ? TimeSpan.Zero : duration, (all, one) => all + one.During),
            Terminal = own.Terminal is null ? null : _terminal.Apply(parsed, own.Terminal),
        };
    }

    /// <summary>An option for a number.</summary>
    public static Option<int?> Number(string name, int min, int max, string description)
    {
        var option = new Option<int?>(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{description} {min} to {max}."),
            HelpName = "N",
        };
        option.Validators.Add(result => Ranges.Check(result, min, max));
        return option;
    }

    private static LoadSimulation[] ParseSimulations(ArgumentResult result)
    {
        var simulations = new List<LoadSimulation>();
        foreach (Token token in result.Tokens)
        {
            if (LoadSimulation.Parse(token.Value) is { IsClosed: false } simulation)
            {
                simulations.Add(simulation);
            }
            else
            {
                result.AddError(
                    $"--simulation must be {LoadSimulation.OpenRule}, but is '{token.Value}'.");
            }
        }

        return [.. simulations];
    }

    /// <summary>An option for a time.</summary>
    public static Option<TimeSpan?> Duration(string name, TimeSpan min, string description) => new(name)
    {
        Description = $"{description} {DurationText.Format(min)} to {DurationText.Format(DurationMax)}.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (DurationText.TryParse(text, out TimeSpan value) && value >= min && value <= DurationMax)
            {
                return value;
            }

            result.AddError($"{name} must be {DurationText.Rule}, {DurationText.Format(min)} to "
                + $"{DurationText.Format(DurationMax)}, but is '{text}'.");
            return null;
        },
    };
}
