using System.CommandLine;
using System.CommandLine.Invocation;
using Realtime.Devhost;

// Command one: everything in one process. The options stand in DevhostCommand, what is started in Devhost. Signals are
// the run's own affair: it needs up to 5 s for an orderly end, and ends with 0.
ParseResult parsed = DevhostCommand.Create().Parse(args);
if (parsed.Action is ParseErrorAction refusal)
{
    // All of the help behind it would carry what is wrong out of sight.
    refusal.ShowHelp = false;
    refusal.ShowTypoCorrections = false;
}

int exitCode = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
if (parsed.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync("--help tells the options.");
}

return exitCode;
