using Realtime.Devhost;

// Command one: everything in one process. The options stand in DevhostCommand, what is started in Devhost.
return await DevhostCommand.Create().Parse(args).InvokeAsync();
