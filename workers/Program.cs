using Realtime.Hosting.Processes;
using Realtime.Log;
using Realtime.Workers;

try
{
    return await HostRunner.RunAsync(args, arguments => WorkerHost.Build(arguments));
}
catch (LogLayoutException mismatch)
{
    // The message says what to change; a stack trace would only hide it.
    await Console.Error.WriteLineAsync(mismatch.Message);
    return HostRunner.Failed;
}
