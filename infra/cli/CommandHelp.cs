using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Realtime.Cli;

/// <summary>The usual help, followed by examples; each is a line that begins with <c>realtime</c>.</summary>
internal sealed class CommandHelp(HelpAction usual, string examples) : SynchronousCommandLineAction
{
    /// <summary>The text behind the usual help.</summary>
    public string Examples => examples;

    /// <summary>Gives a command a help of its own with examples.</summary>
    public static void Give(Command command, string examples)
    {
        var option = new HelpOption();
        option.Action = new CommandHelp((HelpAction)option.Action!, examples);
        command.Add(option);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(examples);
        return code;
    }
}
