using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Commands;

/// <summary>The options that name the system under load.</summary>
internal sealed class TargetArguments
{
    private const int WorkersMax = 16;
    private const int EdgesMax = 8;

    private readonly Option<Uri?> _edge = new("--edge")
    {
        Description = $"A running system: https address of its edge. Tokens come from the environment variables "
            + $"{TargetOptions.ViewerVariable} and {TargetOptions.PublisherVariable}.",
        HelpName = "URL",
        CustomParser = ParseEdge,
    };

    private readonly Option<string?> _readyFile = new("--ready-file")
    {
        Description = "A running devhost: the file it wrote by its --ready-file.",
        HelpName = "PATH",
    };

    private readonly Option<string?> _certificate = new("--ca")
    {
        Description = "Certificate to trust, PEM (with --edge); or environment variable "
            + $"{TargetOptions.CertificateVariable}.",
        HelpName = "PATH",
    };

    private readonly Option<KeyValuePair<string, int>[]> _processes = new("--process")
    {
        Description = "A process on this machine to measure, such as redis=4711; may be repeated.",
        HelpName = "NAME=PID",
        CustomParser = ParseProcesses,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _workers = new("--workers")
    {
        Description = $"Workers of a system started here, 1 to {WorkersMax}.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> _asProcesses = new("--processes")
    {
        Description = "Start edges, workers and Redis as processes of their own, measured apart, and not a devhost.",
    };

    private readonly Option<int> _edges = new("--edges")
    {
        Description = $"Edges of a system started here by --processes, 1 to {EdgesMax}; clients take turns.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<RedisChoice?> _redis = new("--redis")
    {
        Description = $"Redis of a system started here: {RedisChoice.Rule}. By itself a devhost has the embedded log, "
            + "and --processes start one.",
        HelpName = "WHICH",
        CustomParser = ParseRedis,
    };

    private readonly Option<bool> _noBuild = new("--no-build")
    {
        Description = "Start the servers as they were last built.",
    };

    /// <summary>Checks each by itself, and those that exclude each other.</summary>
    public TargetArguments()
    {
        _workers.Validators.Add(static result => Ranges.Check(result, 1, WorkersMax));
        _readyFile.Validators.Add(result =>
        {
            if (result.GetResult(_edge) is not null)
            {
                result.AddError("--edge and --ready-file both name a running system: give one.");
            }
        });
        _edges.Validators.Add(static result => Ranges.Check(result, 1, EdgesMax));
        _edges.Validators.Add(result =>
        {
            if (!result.Implicit && result.GetResult(_asProcesses) is null or { Implicit: true })
            {
                result.AddError("--edges is for a system of processes: add --processes.");
            }
        });
        _workers.Validators.Add(CheckStarted);
        _edges.Validators.Add(CheckStarted);
        _asProcesses.Validators.Add(CheckStarted);
        _redis.Validators.Add(CheckStarted);
        _noBuild.Validators.Add(CheckStarted);
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options =>
        [_edge, _readyFile, _certificate, _processes, _asProcesses, _edges, _workers, _redis, _noBuild];

    /// <summary>What was given.</summary>
    public TargetOptions Read(ParseResult parsed) => new()
    {
        Edge = parsed.GetValue(_edge),
        ReadyFile = parsed.GetValue(_readyFile),
        CertificateFile = parsed.GetValue(_certificate),
        Processes = parsed.GetValue(_processes) ?? [],
        AsProcesses = parsed.GetValue(_asProcesses),
        Edges = parsed.GetValue(_edges),
        Workers = parsed.GetValue(_workers),
        Redis = parsed.GetValue(_redis),
        NoBuild = parsed.GetValue(_noBuild),
    };

    private void CheckStarted(OptionResult result)
    {
        if (!result.Implicit && (result.GetResult(_edge) ?? result.GetResult(_readyFile)) is not null)
        {
            result.AddError(
                $"{result.Option.Name} is for a system started here: leave it out with --edge or --ready-file.");
        }
    }

    /// <summary>Reads a choice of Redis.</summary>
    public static RedisChoice? ParseRedis(ArgumentResult result)
    {
        RedisChoice? choice = RedisChoice.Parse(result.Tokens[0].Value);
        if (choice is null)
        {
            result.AddError($"--redis must be {RedisChoice.Rule}, but is '{result.Tokens[0].Value}'.");
        }

        return choice;
    }

    private static Uri? ParseEdge(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? edge) && edge.Scheme == Uri.UriSchemeHttps
            && edge.PathAndQuery == "/")
        {
            return edge;
        }

        result.AddError(
            $"--edge must be an https address without a path, such as https://localhost:8443, but is '{text}'.");
        return null;
    }

    private static KeyValuePair<string, int>[] ParseProcesses(ArgumentResult result)
    {
        var processes = new List<KeyValuePair<string, int>>();
        foreach (Token token in result.Tokens)
        {
            string[] parts = token.Value.Split('=');
            if (parts is not [{ Length: > 0 } name, var number] || name == "client"
                || !name.All(char.IsAsciiLetterOrDigit)
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == 0)
            {
                result.AddError(
                    "--process must be NAME=PID, such as redis=4711 (letters and digits, not 'client'), "
                    + $"but is '{token.Value}'.");
                continue;
            }

            if (!Directory.Exists($"/proc/{number}"))
            {
                result.AddError($"--process {token.Value}: there is no process {pid} on this machine.");
            }

            processes.Add(new(name, pid));
        }

        return [.. processes];
    }
}
