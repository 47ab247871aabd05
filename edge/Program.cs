using Realtime.Edge;
using Realtime.Edge.Forwarding.Tunnels;
using Realtime.Hosting.Processes;

InlineCompletions.UseAllProcessors();
return await HostRunner.RunAsync(args, arguments => EdgeHost.Build(arguments));
