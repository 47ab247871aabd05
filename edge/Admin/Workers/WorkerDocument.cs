using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Health;

namespace Realtime.Edge.Admin.Workers;

/// <summary>One worker, as this edge sees it and as it sees itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Its base address.</param>
/// <param name="State">
/// What the last probe found: unknown, ready, draining, unready or unreachable; drained, if it says so itself.
/// </param>
/// <param name="Available">Whether it gets new work from this edge now.</param>
/// <param name="Reasons">Why it is not ready, in its own words.</param>
/// <param name="Roles">What it does; empty if it doesn't say, and then it gets everything.</param>
/// <param name="Load">The figures of its last report.</param>
/// <param name="ClockAheadMs">By how much its clock is ahead of this edge's, ms.</param>
/// <param name="Connections">Connections open through this edge.</param>
/// <param name="Requests">Plain requests in flight through this edge.</param>
/// <param name="Breaker">Whether attempts at it are let through.</param>
/// <param name="Drain">How far its drain is; null if there is none, or it did not answer.</param>
/// <param name="Status">All that it says of itself; null if it did not answer.</param>
/// <param name="Error">Why it did not answer; null if it did.</param>
internal sealed record WorkerDocument(
    string Id,
    string Address,
    string State,
    bool Available,
    ImmutableArray<string> Reasons,
    ImmutableArray<WorkerRole> Roles,
    ImmutableSortedDictionary<string, long> Load,
    long ClockAheadMs,
    long Connections,
    long Requests,
    BreakerReport Breaker,
    JsonElement? Drain,
    JsonElement? Status,
    string? Error)
{
    private static readonly string[] OwnStates = ["draining", "drained"];

    public static WorkerDocument Of(Worker worker, WorkerWord word) => new(
        worker.Id,
        worker.Address,
        StateOf(worker, word),
        worker.IsAvailable,
        worker.Report?.Reasons ?? [],
        worker.Report?.Roles ?? [],
        worker.Report?.Load ?? ImmutableSortedDictionary<string, long>.Empty,
        (long)worker.Clock.Ahead.TotalMilliseconds,
        worker.Connections,
        worker.Requests,
        worker.Breaker.Report(),
        word.Part("drain") is { ValueKind: JsonValueKind.Object } drain ? drain : null,
        word.IsGood ? word.Body : null,
        word.Error);

    // Of the two the worker knows better, and sooner, how far it has got with leaving.
    private static string StateOf(Worker worker, WorkerWord word) =>
        word.Part("state") is { ValueKind: JsonValueKind.String } own && OwnStates.Contains(own.GetString())
            ? own.GetString()!
            : JsonNamingPolicy.SnakeCaseLower.ConvertName(worker.State.ToString());
}
