using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Realtime.Devhost;

/// <summary>The command line: options, their rules and the help text.</summary>
internal static class DevhostCommand
{
    /// <summary>
    /// Most workers of one process: each has its own listener and tails; more than this helps nobody.
    /// </summary>
    public const int WorkersMax = 16;

    private const int PortMax = 65535;

    private const string Examples = """

        Examples:
          dotnet run -c Release --project infra/devhost
              everything on https://localhost:8443, with demo agents
          dotnet run -c Release --project infra/devhost -- --port 0 --admin-port 0 --ready-file /tmp/ready.json
              on free ports; /tmp/ready.json tells them, with tokens, once all is up
          dotnet run -c Release --project infra/devhost -- --workers 2 --redis localhost:6379 --no-demo
              two workers on a Redis of yours, no agents

        SIGTERM or Ctrl-C ends it within 5 s.
        """;

    /// <summary>Builds the command.</summary>
    public static RootCommand Create()
    {
        var port = new Option<int>("--port")
        {
            Description = "Port of the public https endpoint; 0 = a free one.",
            DefaultValueFactory = _ => new DevhostOptions().Port,
        };
        var adminPort = new Option<int>("--admin-port")
        {
            Description = "Port of the admin endpoint; 0 = a free one.",
            DefaultValueFactory = _ => new DevhostOptions().AdminPort,
        };
        var workers = new Option<int>("--workers")
        {
            Description = $"Number of workers, 1 to {WorkersMax}, each with its own listener.",
            DefaultValueFactory = _ => new DevhostOptions().Workers,
        };
        var redis = new Option<string?>("--redis")
        {
            Description = "Redis to keep events in, instead of the embedded log.",
            HelpName = "HOST:PORT",
        };
        var noDemo = new Option<bool>("--no-demo") { Description = "Run no demo agents." };
        var readyFile = new Option<string?>("--ready-file")
        {
            Description = "JSON file written once all is up: addresses, tokens, pids. Holds secrets (mode 0600).",
            HelpName = "PATH",
        };

        port.Validators.Add(result => CheckRange(result, 0, PortMax));
        adminPort.Validators.Add(result => CheckRange(result, 0, PortMax));
        workers.Validators.Add(result => CheckRange(result, 1, WorkersMax));
        redis.Validators.Add(CheckEndpoint);
        readyFile.Validators.Add(CheckFile);

        var command = new RootCommand(
            "Realtime, all in one process: edge with a self-made certificate, workers, embedded log, demo agents.")
        {
            port, adminPort, workers, redis, noDemo, readyFile,
        };
        command.Validators.Add(result =>
        {
            var defaults = new DevhostOptions();
            if (NumberOf(result, port, defaults.Port) is not (null or 0) and var number
                && number == NumberOf(result, adminPort, defaults.AdminPort))
            {
                result.AddError($"--port and --admin-port are both {number}: they need two ports.");
            }
        });
        command.SetAction((parsed, _) => DevhostRun.RunAsync(
            new DevhostOptions
            {
                Port = parsed.GetValue(port),
                AdminPort = parsed.GetValue(adminPort),
                Workers = parsed.GetValue(workers),
                Redis = parsed.GetValue(redis),
                Demo = !parsed.GetValue(noDemo),
                ReadyFile = parsed.GetValue(readyFile),
            }));

        HelpOption help = command.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        return command;
    }

    // None if it is no number: that has its own error already, and asking for its value throws.
    private static int? NumberOf(CommandResult command, Option option, int fallback) => command.GetResult(option) switch
    {
        null or { Implicit: true } => fallback,
        { Tokens: [{ Value: var text }] }
            when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            => value,
        _ => null,
    };

    private static void CheckRange(OptionResult result, int min, int max)
    {
        // A value that is no number has its own error already.
        if (result.Tokens is [{ Value: var text }]
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && (value < min || value > max))
        {
            result.AddError($"{result.Option.Name} must be {min} to {max}, but is {value}.");
        }
    }

    private static void CheckEndpoint(OptionResult result)
    {
        if (result.Tokens is not [{ Value: var text }])
        {
            return;
        }

        int colon = text.LastIndexOf(':');
        if (colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is 0 or > PortMax)
        {
            result.AddError($"--redis must be HOST:PORT, such as localhost:6379, but is '{text}'.");
        }
    }

    private static void CheckFile(OptionResult result)
    {
        if (result.Tokens is [{ Value: var path }]
            && (path.Length == 0 || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))))
        {
            result.AddError($"--ready-file: the directory of '{path}' does not exist. Create it first.");
        }
    }
}
