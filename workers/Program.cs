using System.Runtime.InteropServices;
using Realtime.Hosting.Processes;
using Realtime.Log;
using Realtime.Workers;
using Realtime.Workers.Repartitioning;

try
{
    if (args is [RepartitionCommand.Name, .. string[] rest])
    {
        // Both: a shell lets its background jobs ignore SIGINT, and supervisors send SIGTERM.
        using var interrupt = new CancellationTokenSource();
        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupt.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return await new RepartitionCommand(Console.Out, Console.Error, TimeProvider.System)
            .RunAsync(rest, interrupt.Token);
    }

    return await HostRunner.RunAsync(args, arguments => WorkerHost.Build(arguments), RepartitionCommand.Help);
}
catch (LogLayoutException mismatch)
{
    // The message says what to change; a stack trace would only hide it.
    await Console.Error.WriteLineAsync(mismatch.Message);
    return HostRunner.Failed;
}
