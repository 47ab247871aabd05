using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Budgets;

/// <summary>What budgets over all workers cost, and whom they refused.</summary>
internal sealed class BudgetMetrics
{
    public const string Name = "Realtime.Budgets";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _settled;
    private readonly Counter<long> _unknown;

    public BudgetMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(Name);
        _refused = meter.CreateCounter<long>(
            "realtime_budgets_refused_total", "{refusal}",
            "Batches, appends and connections refused because a budget over all workers is used up, by reason.",
            Labels.Named("reason"));
        _settled = meter.CreateCounter<long>(
            "realtime_budgets_settled_total", "{call}",
            "Calls to the log that told what a worker let through or holds.");
        _unknown = meter.CreateCounter<long>(
            "realtime_budgets_unknown_total", "{call}",
            "Such calls without an answer: the worker went by what it knew itself.");
    }

    /// <summary>Counts one; the reason is a word of this folder's code.</summary>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Settled() => _settled.Add(1);

    public void Unknown() => _unknown.Add(1);
}
