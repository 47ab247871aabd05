using Realtime.Hosting.Processes;
using Realtime.Workers;

return await HostRunner.RunAsync(args, arguments => WorkerHost.Build(arguments));
