using System.CommandLine;
using System.CommandLine.Help;
using Realtime.Cli.Admin;
using Realtime.Cli.Exec;
using Realtime.Cli.Pipe;
using Realtime.Cli.Publish;
using Realtime.Cli.Tail;
using Realtime.Cli.Terminals;
using Realtime.Cli.Tokens;
using Realtime.Cli.Watch;
using Realtime.Client;

namespace Realtime.Cli;

/// <summary>The command line: what is common to all commands, and how each ends.</summary>
internal static class RealtimeCommand
{
    private const string Notes = """

        Where the server is, and who asks (an option wins over its variable):
          --url         REALTIME_URL                        https://HOST[:PORT]
          --token-file  REALTIME_TOKEN, REALTIME_TOKEN_FILE the token, or a file that holds it
          --ca          REALTIME_CA                         a self-made certificate to trust
          --client-cert REALTIME_CLIENT_CERT                a certificate to show
          --client-key  REALTIME_CLIENT_KEY                 its key
        Operators: --admin or REALTIME_ADMIN, --admin-token-file or REALTIME_ADMIN_TOKEN.

        Exit codes: 0 done, 1 failed, 2 wrong command line, 3 refused, 4 server not reached, 130 interrupted.
          exec: the command's own; 125 = realtime itself failed, 126 = can't be run, 127 = not found, 128+n = signal n.

        Examples:
          realtime exec --task build-17 -- make -j4
          realtime watch --task build-17
          realtime tail --agent 'demo-*'
          realtime COMMAND --help
        """;

    // What follows -- is the program's, whatever it looks like.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Reads a command line.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors) =>
        Create(output, errors).Parse(arguments, Parsing);

    /// <summary>Runs a command line; the exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        ParseResult parsed = Parse(arguments, output, errors);
        if (parsed.Errors.Count > 0 && parsed.Action is not CommandHelp)
        {
            var notices = new Notices(errors, isQuiet: false, isVerbose: false);
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
            {
                notices.Error(message);
            }

            string name = NameOf(parsed.CommandResult.Command);
            notices.Error($"see realtime{name} --help");
            return name == " exec" ? ExitCodes.ExecFailed : ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = errors,

                // Signals are the commands' own affair, and so are errors.
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (OutputGoneException)
        {
            // Whoever reads our output (`| head`) has enough, of help too.
            return ExitCodes.Ok;
        }
    }

    /// <summary>As it is typed behind the tool's own: <c> admin drain</c>.</summary>
    private static string NameOf(Command command) => command is RootCommand
        ? string.Empty
        : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}";

    private static RootCommand Create(TextWriter output, TextWriter errors)
    {
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Tell only errors.", Recursive = true };
        var verbose = new Option<bool>("--verbose", "-v")
        {
            Description = "Tell each attempt and each delay.",
            Recursive = true,
        };
        var root = new RootCommand("Run commands so that others can watch them live; watch terminals and events.")
        {
            quiet, verbose,
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Recursive = false;
        help.Action = new CommandHelp((HelpAction)help.Action!, Notes);

        void Add(Command command, Func<CommandContext, Task<int>> run, string examples, int? failure = null)
        {
            CommandHelp.Give(command, examples);
            Run(command, run, failure);
            root.Add(command);
        }

        void Run(Command command, Func<CommandContext, Task<int>> run, int? failure = null)
        {
            command.SetAction((parsed, _) =>
            {
                var notices = new Notices(errors, parsed.GetValue(quiet), parsed.GetValue(verbose));
                var context = new CommandContext(parsed, output, errors, notices, TimeProvider.System);
                return EndAsync(context, run, failure);
            });
        }

        var exec = new ExecCommand();
        Add(exec.Command, exec.RunAsync, ExecCommand.Examples, ExitCodes.ExecFailed);
        var pipe = new PipeCommand();
        Add(pipe.Command, pipe.RunAsync, PipeCommand.Examples);
        var watch = new WatchCommand();
        Add(watch.Command, watch.RunAsync, WatchCommand.Examples);
        var tail = new TailCommand();
        Add(tail.Command, tail.RunAsync, TailCommand.Examples);
        var publish = new PublishCommand();
        Add(publish.Command, publish.RunAsync, PublishCommand.Examples);
        var token = new TokenCommand();
        Add(token.Command, token.RunAsync, TokenCommand.Examples);
        var admin = new AdminCommand();
        CommandHelp.Give(admin.Command, AdminHelp.OfAll);
        root.Add(admin.Command);
        foreach ((Command command, Func<CommandContext, Task<int>> run) in admin.All)
        {
            CommandHelp.Give(command, AdminHelp.Of(command.Name));
            Run(command, run);
            admin.Command.Add(command);
        }

        return root;
    }

    private static async Task<int> EndAsync(
        CommandContext context, Func<CommandContext, Task<int>> run, int? failureCode)
    {
        try
        {
            return await run(context);
        }
        catch (CliException failure)
        {
            context.Notices.Error(failure.Message);
            return failureCode ?? failure.ExitCode;
        }
        catch (RealtimeException failure)
        {
            context.Notices.Error(failure.Message);
            return failureCode ?? Failures.ExitCodeOf(failure);
        }
        catch (IOException failure) when (failure is not OutputGoneException)
        {
            context.Notices.Error(failure.Message);
            return failureCode ?? ExitCodes.Failed;
        }
    }
}
