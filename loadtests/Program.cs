using System.CommandLine;
using Realtime.Loadtests.Commands;

// Options stand in Commands/RunCommand, what is measured in Scenarios. What they do is in README.md beside this file.
ParseResult parsed = LoadtestCommand.Create().Parse(args);
int exitCode = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode;
