using System.CommandLine;
using System.Globalization;
using Realtime.Cli.Arguments;
using Realtime.Cli.Connections;
using Realtime.Cli.Uploads;

namespace Realtime.Cli.Pipe;

/// <summary><c>realtime pipe</c>: standard input becomes a task's terminal.</summary>
internal sealed class PipeCommand
{
    public const string Examples = """

        Bytes go as they are, and the terminal ends with the input. What is there already is never sent twice: with
        --offset 0 the same input may be piped again after a failure.

        Examples:
          make 2>&1 | realtime pipe --task build-17 --tee
          realtime pipe --task log-3 --offset 0 < build.log
          ./step-1 | realtime pipe --task steps --no-end
          ./fails | realtime pipe --task steps --exit-code 1
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly UploadFlags _upload = new();
    private readonly Option<string> _task = TaskFlag.Create();
    private readonly Option<bool> _tee = new("--tee") { Description = "Copy the input to standard output too." };
    private readonly Option<int> _exitCode = new("--exit-code")
    {
        Description = "Exit code that the terminal ends with. Default: 0.",
        HelpName = "N",
    };

    private readonly Option<bool> _noEnd = new("--no-end") { Description = "Leave the terminal open at the end." };
    private readonly Option<bool> _stderr = new("--stderr") { Description = "The bytes are those of standard error." };
    private readonly Option<long> _offset = Flag.Of<long>(
        "--offset", "N", "Offset of the input's first byte in the terminal. Default: behind what is there.",
        "a whole number from 0", TryParseOffset);

    public PipeCommand()
    {
        Command = new Command("pipe", "Send standard input to a task's terminal.")
        {
            _task, _tee, _exitCode, _noEnd, _stderr, _offset,
        };
        Command.Validators.Add(result =>
        {
            if (result.GetResult(_exitCode) is { Implicit: false } && result.GetResult(_noEnd) is { Implicit: false })
            {
                result.AddError("--exit-code and --no-end exclude each other: what does not end has no exit code.");
            }
        });
        _connection.AddTo(Command);
        _upload.AddTo(Command);
    }

    public Command Command { get; }

    /// <summary>Runs it.</summary>
    public Task<int> RunAsync(CommandContext context)
    {
        ParseResult parsed = context.Parsed;
        UploadOptions options = _upload.Read(parsed) with
        {
            Offset = parsed.GetResult(_offset) is null ? null : parsed.GetValue(_offset),
            IsStderr = parsed.GetValue(_stderr),
        };
        return new PipeRun(context, _connection.Read(parsed), options)
        {
            Task = parsed.GetValue(_task)!,
            CopiesToOutput = parsed.GetValue(_tee),
            ExitCode = parsed.GetValue(_noEnd) ? null : parsed.GetValue(_exitCode),
        }.RunAsync();
    }

    private static bool TryParseOffset(string text, out long offset) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
}
