using System.CommandLine;
using Realtime.Devhost;

// Command one: everything in one process. The options stand in DevhostCommand, what is started in Devhost. Signals are
// the run's own affair: it needs up to 5 s for an orderly end, and ends with 0.
return await DevhostCommand.Create()
    .Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
