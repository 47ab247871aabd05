using System.Security.Cryptography.X509Certificates;
using Realtime.Client;

namespace Realtime.Tests.Client;

/// <summary>The README's example, compiled; what it gets from its application is given by the test.</summary>
internal static class ReadmeSample
{
#pragma warning disable IDE0011, CS8321
    public static async Task RunAsync(Uri edge, X509Certificate2 certificate, string token, SampleConsole Console)
    {
        ValueTask<string> FetchTokenAsync(CancellationToken cancellationToken) =>
            cancellationToken.IsCancellationRequested ? default : ValueTask.FromResult(token);

        // <example>
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = edge, // such as https://localhost:8443
            Token = (attempt, cancellationToken) => FetchTokenAsync(cancellationToken),
            TrustedCertificate = certificate, // only for one that is self-made, as the devhost's is
        });
        await foreach (SubscriptionItem item in client.Subscribe(new EventSubscriptionOptions { Agents = ["a*"], Snapshot = true }))
        {
            if (item is EventItem { Event: var e }) Console.WriteLine($"{e.Agent} {e.Type} {e.Payload}");
            if (item is GapItem { Gap: var gap }) Console.WriteLine($"{gap.Missing} events are gone: {gap.Reason}");
        }

        // </example>
    }
#pragma warning restore IDE0011, CS8321
}
