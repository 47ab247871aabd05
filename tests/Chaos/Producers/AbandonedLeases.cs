using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Realtime.Devhost.Certificates;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>
/// Producers that take a lease and are never heard of again, one after the other; by <c>POST /v1/leases</c> alone. The
/// log must say once of each that it is lost, and end the terminal of a task.
/// </summary>
internal sealed class AbandonedLeases(ChaosSystem system, string token, string name, Ledger ledger) : IChaosProducer
{
    private const int TtlMs = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);

    private readonly List<string> _tasks = [];

    /// <summary>How many leases were taken.</summary>
    public int Count { get; private set; }

    /// <summary>The tasks that were leased.</summary>
    public IReadOnlyList<string> Tasks => _tasks;

    public async Task RunAsync(Func<bool> isFinishing, CancellationToken stopping)
    {
        using var http = new HttpClient(TrustingHandler.Create(system.Certificate))
        {
            BaseAddress = system.Address,
            Timeout = Patience,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        for (int i = 0; !isFinishing(); i++)
        {
            string holder = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
            bool isTask = i % 2 == 1;
            ledger.Expecting(EventKey.OfLost(holder), holder, new EventFacts(
                isTask ? "tasks" : "agents", isTask ? "task.lost" : "agent.lost", holder, isTask ? holder : null, null,
                isTask ? null : $"agent:{holder}:status"));
            Count++;
            await TakeAsync(http, holder, isTask, stopping);
            if (isTask)
            {
                _tasks.Add(holder);
            }

            // The pause until the next one, unless the run nears its end.
            await Eventually.HoldsAsync(() => Task.FromResult(isFinishing()), Between, RetryDelay, stopping);
        }
    }

    // Asked again it is renewed: it is taken once, however many answers are lost.
    private async Task TakeAsync(HttpClient http, string holder, bool isTask, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                var body = new JsonObject
                {
                    ["agent"] = holder,
                    ["holder"] = holder,
                    ["epoch"] = 1,
                    ["ttl_ms"] = TtlMs,
                };
                if (isTask)
                {
                    body["task"] = holder;
                }

                using HttpResponseMessage answer = await http.PostAsJsonAsync("v1/leases", body, stopping);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                if ((int)answer.StatusCode is >= 400 and < 500 and not (408 or 429))
                {
                    ledger.Violated($"{holder} got no lease: {await answer.Content.ReadAsStringAsync(stopping)}");
                    return;
                }
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested
                && failure is (HttpRequestException or TaskCanceledException))
            {
                // A part of it is away.
            }

            await Pauses.ForAsync(RetryDelay, stopping);
        }
    }
}
