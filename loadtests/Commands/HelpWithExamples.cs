using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Realtime.Loadtests.Commands;

/// <summary>The usual help, followed by the examples of the command asked about.</summary>
internal sealed class HelpWithExamples(HelpAction usual, Func<Command, string> examplesOf)
    : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(examplesOf(parseResult.CommandResult.Command));
        return code;
    }
}
