using System.CommandLine;
using System.CommandLine.Parsing;
using Realtime.Cli.Arguments;
using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Cli.Uploads;

namespace Realtime.Cli.Exec;

/// <summary><c>realtime exec</c>: runs a command on a terminal that others watch.</summary>
internal sealed class ExecCommand
{
    public const string Examples = """

        The command runs on a pseudo-terminal; you see and use it as ever, and viewers of the task see it too. Its exit
        code is passed on. When the server is away the command goes on: its output is kept (--spool-bytes) and sent
        later. Input that is no terminal is typed too: Ctrl+C and the like in it are keys, and lines end
        after 4095 bytes.

        Examples:
          realtime exec --task build-17 -- make -j4
          realtime exec --task shell -- bash
          realtime exec --task tests --no-end -- npm test
          realtime exec --task agent-3 --size 100x30 --flush-timeout 2m -- ./agent --verbose
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly UploadFlags _upload = new();
    private readonly Option<string> _task = TaskFlag.Create();
    private readonly Option<TerminalSize> _size = Flag.Of<TerminalSize>(
        "--size", "COLSxROWS", "Size of the terminal where there is none to take it from. Default: 120x40.",
        "columns and rows from 1 to 1000, such as 120x40", TerminalSize.TryParse);

    private readonly Option<bool> _noEnd = new("--no-end")
    {
        Description = "Leave the terminal open at the end, for another command of the same task.",
    };

    private readonly Option<bool> _keepToken = new("--keep-token")
    {
        Description = "Let the command have REALTIME_TOKEN and REALTIME_SIGNING_KEY. Without it, nothing that prints "
            + "its environment shows them.",
    };

    private readonly Argument<string[]> _program = new("CMD")
    {
        Description = "The command and its arguments, behind --",
        Arity = ArgumentArity.OneOrMore,
    };

    public ExecCommand()
    {
        Command = new Command("exec", "Run a command so that others can watch its terminal live.") { _task };
        Command.Add(_program);
        _connection.AddTo(Command);
        Command.Add(_size);
        Command.Add(_noEnd);
        Command.Add(_keepToken);
        _upload.AddTo(Command);
    }

    public Command Command { get; }

    /// <summary>Runs it; the exit code of the command.</summary>
    public async Task<int> RunAsync(CommandContext context)
    {
        ParseResult parsed = context.Parsed;
        if (!parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            throw new CliException(
                "Put -- before the command, so that its options are its own: realtime exec --task TASK -- CMD...",
                ExitCodes.ExecFailed);
        }

        return await new ExecRun(context, _connection.Read(parsed), _upload.Read(parsed))
        {
            Task = parsed.GetValue(_task)!,
            Program = parsed.GetValue(_program)!,
            Size = Flag.ValueOr(parsed, _size, TerminalSize.Default),
            EndsTerminal = !parsed.GetValue(_noEnd),
            KeepsToken = parsed.GetValue(_keepToken),
        }.RunAsync();
    }
}
