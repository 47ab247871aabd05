using System.CommandLine;
using System.Globalization;
using Realtime.Cli.Arguments;
using Realtime.Cli.Connections;

namespace Realtime.Cli.Tail;

/// <summary><c>realtime tail</c>: shows events as they happen.</summary>
internal sealed class TailCommand
{
    public const string Examples = """

        Filters may be given several times, or as lists: an event matches if it matches one of each list. Ctrl+C ends
        it.

        Examples:
          realtime tail
          realtime tail --agent 'demo-*' --type agent.status,agent.progress
          realtime tail --last 20 --no-follow
          realtime tail --channel messages --json | jq .payload.text
          realtime tail --snapshot --count 5
        """;

    private const int CountMax = 10_000;

    private readonly ConnectionFlags _connection = new();
    private readonly FirstConnection _first = new();
    private readonly EventFlags _events = new();
    private readonly Option<int> _last = Flag.Of<int>(
        "--last", "N", $"First the last N events, 1 to {CountMax}.", $"a number from 1 to {CountMax}", TryParseCount);

    private readonly Option<int> _count = Flag.Of<int>(
        "--count", "N", "End after N events.", $"a number from 1 to {CountMax}", TryParseCount);

    private readonly Option<bool> _noFollow = new("--no-follow") { Description = "With --last: show those and end." };
    private readonly Option<bool> _snapshot = new("--snapshot")
    {
        Description = "First the latest value of each state key.",
    };

    private readonly Option<bool> _conflate = new("--conflate")
    {
        Description = "When behind, only the newest value of each state key.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line, complete." };

    public TailCommand()
    {
        Command = new Command("tail", "Show events as they happen.");
        _events.AddTo(Command);
        Command.Add(_last);
        Command.Add(_noFollow);
        Command.Add(_count);
        Command.Add(_snapshot);
        Command.Add(_conflate);
        Command.Add(_json);
        _connection.AddTo(Command);
        _first.AddTo(Command);
        Command.Validators.Add(result =>
        {
            bool hasLast = result.GetResult(_last) is { Implicit: false };
            if (hasLast && result.GetResult(_snapshot) is { Implicit: false })
            {
                result.AddError("--last and --snapshot exclude each other: give one of them.");
            }

            if (!hasLast && result.GetResult(_noFollow) is { Implicit: false })
            {
                result.AddError("--no-follow needs --last N: there would be nothing to show.");
            }
        });
    }

    public Command Command { get; }

    /// <summary>Runs it.</summary>
    public Task<int> RunAsync(CommandContext context)
    {
        ParseResult parsed = context.Parsed;
        return new TailRun(context, _connection.Read(parsed), _first)
        {
            Subscription = _events.ReadSubscription(parsed) with
            {
                Snapshot = parsed.GetValue(_snapshot),
                Conflate = parsed.GetValue(_conflate),
            },
            Past = parsed.GetResult(_last) is null ? null : _events.ReadLatest(parsed) with
            {
                Last = parsed.GetValue(_last),
            },
            Follows = !parsed.GetValue(_noFollow),
            Count = parsed.GetResult(_count) is null ? int.MaxValue : parsed.GetValue(_count),
            IsJson = parsed.GetValue(_json),
        }.RunAsync();
    }

    private static bool TryParseCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= CountMax;
}
