using Realtime.Client;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.Chaos.Clients;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>Writes a terminal by the C# SDK over HTTP, and ends it.</summary>
internal sealed class SdkTerminalProducer(
    ClientSeat seat, TerminalTruth truth, Ledger ledger, Pauses pauses, Random random) : IChaosProducer
{
    public async Task RunAsync(Func<bool> isFinishing, CancellationToken stopping)
    {
        await using RealtimeClient client = seat.ConnectToPublish();
        try
        {
            do
            {
                byte[] bytes = truth.Bytes(truth.Length, random.Next(1, 4000));
                TerminalAppended appended = await client.AppendTerminalAsync(
                    truth.Task, truth.Length, bytes, cancellationToken: stopping);
                if (appended.End != truth.Length + bytes.Length)
                {
                    ledger.Violated($"{truth.Task} ends at {appended.End} after {bytes.Length} from {truth.Length} on");
                }

                truth.Acknowledged(appended.End);
                await pauses.NextAsync(stopping);
            }
            while (!isFinishing());

            int exitCode = random.Next(256);
            await client.EndTerminalAsync(truth.Task, exitCode, stopping);
            truth.ExitCode = exitCode;
        }
        catch (RealtimeException failure)
        {
            ledger.Violated($"{seat.Name} could not write {truth.Task}: {failure.Code} {failure.Detail}");
        }
    }
}
