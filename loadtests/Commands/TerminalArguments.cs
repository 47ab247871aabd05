using System.CommandLine;
using System.CommandLine.Parsing;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Commands;

/// <summary>The options that change what terminals say. What is not given stays the scenario's own.</summary>
internal sealed class TerminalArguments
{
    private const int BytesMax = 1_000_000_000;

    private readonly Option<int?> _count = LoadArguments.Number(
        "--terminals", 1, 1_000, "Terminals; client n watches terminal n mod this.");
    private readonly Option<int?> _each = LoadArguments.Number(
        "--terminals-each", 1, 64, "Terminals that each client of a wall watches on one socket.");
    private readonly Option<int?> _writeRate = LoadArguments.Number(
        "--write-rate", 1, 10_000, "Writes a second to each terminal.");
    private readonly Option<int?> _writeBytes = LoadArguments.Number(
        "--write-bytes", 1, TerminalContent.SliceBytesMax, "Bytes of each write.");
    private readonly Option<int?> _openBytes = LoadArguments.Number(
        "--open-bytes", 1, BytesMax, "Bytes of the terminal that is opened from its start.");
    private readonly Option<int?> _volumeBytes = LoadArguments.Number(
        "--volume-bytes", 1, BytesMax, "Bytes written to a terminal of which less is retained.");
    private readonly Option<int?> _repeats = LoadArguments.Number(
        "--repeat", 1, 1_000, "How often each opening is repeated.");

    private readonly Option<TerminalFormat?> _format = new("--format")
    {
        Description = "What viewers of terminals speak: msgpack, json or json-lz4.",
        HelpName = "NAME",
        CustomParser = ParseFormat,
    };

    private readonly Option<ProducerKind?> _producer = new("--producer")
    {
        Description = "How terminals are written: socket (WS /v1/publish) or http (POST).",
        HelpName = "NAME",
        CustomParser = ParseProducer,
    };

    private readonly Option<string?> _outputFile = new("--output-file")
    {
        Description = "A file with what terminals say, over and over; else the output of a build made at the start.",
        HelpName = "PATH",
    };

    /// <summary>Adds what must be checked.</summary>
    public TerminalArguments() => _outputFile.Validators.Add(static result =>
    {
        if (result.Tokens is [{ Value: var path }] && !File.Exists(path))
        {
            result.AddError($"--output-file: there is no file '{path}'.");
        }
    });

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options =>
        [_count, _each, _writeRate, _writeBytes, _openBytes, _volumeBytes, _repeats, _format, _producer, _outputFile];

    /// <summary>A scenario's own, changed by what was given. What it does not use (0) stays so.</summary>
    public TerminalLoadOptions Apply(ParseResult parsed, TerminalLoadOptions own)
    {
        int Given(Option<int?> option, int usual) => usual == 0 ? 0 : parsed.GetValue(option) ?? usual;
        return own with
        {
            Count = Given(_count, own.Count),
            Each = Given(_each, own.Each),
            WriteRate = Given(_writeRate, own.WriteRate),
            WriteBytes = Given(_writeBytes, own.WriteBytes),
            OpenBytes = Given(_openBytes, own.OpenBytes),
            VolumeBytes = Given(_volumeBytes, own.VolumeBytes),
            Repeats = Given(_repeats, own.Repeats),
            Format = parsed.GetValue(_format) ?? own.Format,
            Producer = parsed.GetValue(_producer) ?? own.Producer,
            OutputFile = parsed.GetValue(_outputFile),
        };
    }

    private static TerminalFormat? ParseFormat(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        if (TerminalFormats.Find(name) is { } format)
        {
            return format;
        }

        result.AddError($"--format must be msgpack, json or json-lz4, but is '{name}'.");
        return null;
    }

    private static ProducerKind? ParseProducer(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "socket":
                return ProducerKind.Socket;
            case "http":
                return ProducerKind.Http;
            default:
                result.AddError($"--producer must be socket or http, but is '{result.Tokens[0].Value}'.");
                return null;
        }
    }
}
