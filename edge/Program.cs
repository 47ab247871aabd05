using Realtime.Edge;
using Realtime.Hosting.Processes;

return await HostRunner.RunAsync(args, arguments => EdgeHost.Build(arguments));
