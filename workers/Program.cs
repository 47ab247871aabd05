using Realtime.Hosting.Processes;
using Realtime.Log;
using Realtime.Workers;
using Realtime.Workers.Repartitioning;

try
{
    if (args is [RepartitionCommand.Name, .. string[] rest])
    {
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            interrupt.Cancel();
        };
        return await new RepartitionCommand(Console.Out, Console.Error, TimeProvider.System)
            .RunAsync(rest, interrupt.Token);
    }

    return await HostRunner.RunAsync(args, arguments => WorkerHost.Build(arguments));
}
catch (LogLayoutException mismatch)
{
    // The message says what to change; a stack trace would only hide it.
    await Console.Error.WriteLineAsync(mismatch.Message);
    return HostRunner.Failed;
}
