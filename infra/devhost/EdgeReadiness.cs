using System.Security.Cryptography.X509Certificates;
using Realtime.Devhost.Certificates;

namespace Realtime.Devhost;

/// <summary>Waits until the edge says that it can serve: that it has a worker which has a log.</summary>
internal static class EdgeReadiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks <c>/readyz</c> until it answers 200.</summary>
    /// <exception cref="TimeoutException">It did not within 30 s; the message holds its last answer.</exception>
    public static async Task WaitAsync(
        Uri edge, X509Certificate2 trusted, TimeProvider time, CancellationToken stopping)
    {
        using var client = new HttpClient(TrustingHandler.Create(trusted)) { BaseAddress = edge };
        long started = time.GetTimestamp();
        string last = "no answer";
        while (time.GetElapsedTime(started) < Patience)
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync("readyz", stopping);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                last = await answer.Content.ReadAsStringAsync(stopping);
            }
            catch (HttpRequestException failure)
            {
                last = failure.Message;
            }

            await Task.Delay(Interval, time, stopping);
        }

        throw new TimeoutException($"The edge was not ready within {Patience.TotalSeconds} s. It last said: {last}");
    }
}
