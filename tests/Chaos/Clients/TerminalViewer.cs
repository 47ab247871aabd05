using Realtime.Client;
using Realtime.Protocol.Messages;
using Realtime.Tests.Chaos.Checking;

namespace Realtime.Tests.Chaos.Clients;

/// <summary>A client that watches one terminal by the C# SDK from its first byte, and leaves and comes back if that is
/// its habit.</summary>
internal sealed class TerminalViewer(
    ClientSeat seat, ClientHabits habits, Ledger ledger, TerminalTruth truth, Random random)
{
    private TerminalOptions _options = new();

    /// <summary>What it saw.</summary>
    public TerminalView View { get; } = new(seat.Name, truth);

    /// <summary>Watches until the end is told, or until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await seat.AwayAsync(ledger, habits.ComesAt, stopping);

            // A terminal begins with its first byte; who asks before is told that there is none.
            await ClientSeat.UntilAsync(() => truth.Length > 0, stopping);

            while (View.ExitCode is null)
            {
                await VisitAsync(stopping);
                View.Note("leaves");
                await seat.AwayAsync(
                    ledger, View.ExitCode is null ? ledger.SentCount + random.Next(20, 800) : 0, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (Exception failure)
        {
            View.Failed($"failed: {failure.Message}");
        }
    }

    private async Task VisitAsync(CancellationToken stopping)
    {
        seat.Comes();
        await using RealtimeClient client = seat.Connect(habits.SpeaksJson, View.Note);
        await using TerminalSubscription subscription = client.SubscribeTerminal(truth.Task, _options);
        subscription.StatusChanged += (_, status) =>
        {
            if (status == SubscriptionStatus.Active)
            {
                seat.IsDelivered();
            }
        };
        int stays = habits.Roams ? random.Next(1, 60) : int.MaxValue;
        await foreach (TerminalItem item in subscription.WithCancellation(stopping))
        {
            if (stays-- <= 0 && !seat.MustStay)
            {
                // This one is not taken: it must come again.
                break;
            }

            switch (item)
            {
                case TerminalBytesItem bytes:
                    View.Saw(bytes.Offset, bytes.Data.Span);
                    break;
                case TerminalEndItem end:
                    View.SawEnd(end.ExitCode);
                    return;
                default:
                    View.Failed($"got {item}");
                    break;
            }
        }

        _options = new TerminalOptions { From = subscription.Position ?? TerminalFrom.Start };
    }
}
