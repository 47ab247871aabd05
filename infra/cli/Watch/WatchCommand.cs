using System.CommandLine;
using Realtime.Cli.Arguments;
using Realtime.Cli.Connections;
using Realtime.Protocol.Messages;

namespace Realtime.Cli.Watch;

/// <summary><c>realtime watch</c>: shows a task's terminal as it goes on.</summary>
internal sealed class WatchCommand
{
    public const string Examples = """

        Ends when the terminal ends. Bytes come out exactly as they went in; when the connection breaks it goes on where
        it was.

        Examples:
          realtime watch --task build-17
          realtime watch --task build-17 --from tail:4096
          realtime watch --task build-17 --wait --exit-code && ./deploy
          realtime watch --task build-17 > build.log
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly FirstConnection _first = new();
    private readonly Option<string> _task = TaskFlag.Create();
    private readonly Option<TerminalFrom> _from = Flag.Of<TerminalFrom>(
        "--from", "PLACE", $"Where to begin: {TerminalFrom.Rule}. Default: start.", TerminalFrom.Rule, TryParseFrom);

    private readonly Option<bool> _exitCode = new("--exit-code")
    {
        Description = "End with the task's exit code.",
    };

    private readonly Option<bool> _wait = new("--wait")
    {
        Description = "If the task has no terminal yet, wait for it.",
    };

    public WatchCommand()
    {
        Command = new Command("watch", "Show a task's terminal, live.") { _task, _from, _exitCode, _wait };
        _connection.AddTo(Command);
        _first.AddTo(Command);
    }

    public Command Command { get; }

    /// <summary>Runs it.</summary>
    public Task<int> RunAsync(CommandContext context)
    {
        ParseResult parsed = context.Parsed;
        return new WatchRun(context, _connection.Read(parsed), _first)
        {
            Task = parsed.GetValue(_task)!,
            From = Flag.ValueOr(parsed, _from, TerminalFrom.Start),
            PassesExitCode = parsed.GetValue(_exitCode),
            WaitsForTerminal = parsed.GetValue(_wait),
        }.RunAsync();
    }

    private static bool TryParseFrom(string text, out TerminalFrom from) => TerminalFrom.TryParse(text, out from);
}
