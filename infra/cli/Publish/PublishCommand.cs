using System.CommandLine;
using System.Text.Json;
using Realtime.Cli.Connections;
using Realtime.Client;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Cli.Publish;

/// <summary><c>realtime publish</c>: publishes events, one from options or any number from JSON.</summary>
internal sealed class PublishCommand
{
    public const string Examples = """

        From a file or standard input: one event as JSON, an array of them, or one after the other (NDJSON), with the
        fields of POST /v1/events. The ids come out on standard output. With --key, running it again stores nothing
        twice (for 10 minutes); of several events, the n-th has the key KEY-n.

        Examples:
          realtime publish --channel messages --type agent.message --agent a1 --payload '{"text":"Hello"}'
          realtime publish --channel agents --type agent.status --agent a1 --state-key a1 --payload '{"status":"done"}'
          realtime publish --file events.json --key import-7
          ./agent-events | realtime publish --file - --producer runner-7
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly Option<string?> _file = Text("--file", "FILE", "Read events from this file; - = standard input.");
    private readonly Option<string?> _channel = Text("--channel", "NAME", $"One of {ChannelNames.List}.");
    private readonly Option<string?> _type = Text("--type", "NAME", "The event's type, such as agent.status.");
    private readonly Option<string?> _agent = Text("--agent", "NAME", "The agent that it is about.");
    private readonly Option<string?> _task = Text("--task", "NAME", "The task that it is about.");
    private readonly Option<string?> _project = Text("--project", "NAME", "The project that it is about.");
    private readonly Option<string?> _group = Text("--group", "NAME", "Events of one group keep their order.");
    private readonly Option<string?> _stateKey = Text("--state-key", "KEY", "It is the latest value of this key.");
    private readonly Option<string?> _payload = Text("--payload", "JSON", "What it says. Default: {}.");
    private readonly Option<string?> _key = Text("--key", "KEY", "Idempotency key.");
    private readonly Option<string?> _producer = Text(
        "--producer", "ID", "Number the events as this producer's: none is lost, doubled or swapped.");

    public PublishCommand()
    {
        Command = new Command("publish", "Publish events.")
        {
            _file, _channel, _type, _agent, _task, _project, _group, _stateKey, _payload, _key,
            _producer,
        };
        _connection.AddTo(Command);
        Command.Validators.Add(result =>
        {
            bool hasFile = result.GetResult(_file) is not null;
            if (hasFile && Own().FirstOrDefault(option => result.GetResult(option) is not null) is { } extra)
            {
                result.AddError($"--file and {extra.Name} exclude each other: the file says it all.");
            }

            if (result.GetResult(_key) is not null && result.GetResult(_producer) is not null)
            {
                result.AddError("--key and --producer exclude each other: numbered events have no key.");
            }

            if (result.GetResult(_producer) is not null && !EntityName.IsValid(result.GetValue(_producer)))
            {
                result.AddError($"--producer must be {EntityName.Rule}.");
            }

            if (!hasFile && (result.GetResult(_channel) is null || result.GetResult(_type) is null))
            {
                result.AddError("Give --channel and --type, or --file FILE (- for standard input).");
            }
        });
    }

    public Command Command { get; }

    /// <summary>Runs it.</summary>
    public async Task<int> RunAsync(CommandContext context)
    {
        ParseResult parsed = context.Parsed;
        string? key = parsed.GetValue(_key);
        EventDraft? draft = parsed.GetValue(_file) is null ? ReadDraft(parsed, key) : null;
        var run = new PublishRun(context, _connection.Read(parsed), key, parsed.GetValue(_producer));
        return draft is not null
            ? await run.RunAsync([draft])
            : await run.RunAsync(parsed.GetValue(_file)!);
    }

    private EventDraft ReadDraft(ParseResult parsed, string? key)
    {
        string channel = parsed.GetValue(_channel)!;
        if (!ChannelNames.TryParse(channel, out Channel known))
        {
            throw new CliException(
                $"--channel must be one of {ChannelNames.List}, but is '{channel}'.", ExitCodes.Usage);
        }

        return new EventDraft
        {
            Channel = known,
            Type = parsed.GetValue(_type)!,
            Agent = parsed.GetValue(_agent),
            Task = parsed.GetValue(_task),
            Project = parsed.GetValue(_project),
            Group = parsed.GetValue(_group),
            StateKey = parsed.GetValue(_stateKey),
            Key = key,
            Payload = ReadPayload(parsed.GetValue(_payload) ?? "{}"),
        };
    }

    private static JsonElement ReadPayload(string text)
    {
        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException failure)
        {
            throw new CliException(
                $"--payload must be JSON (a text needs its own quotes: '\"text\"'): {failure.Message}",
                ExitCodes.Usage);
        }
    }

    private Option[] Own() => [_channel, _type, _agent, _task, _project, _group, _stateKey, _payload];

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
