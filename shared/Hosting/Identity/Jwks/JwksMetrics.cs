using System.Diagnostics.Metrics;
using System.Text.Json;
using Realtime.Hosting.Metrics;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>How asking for the identity provider's keys goes.</summary>
internal sealed class JwksMetrics
{
    public const string MeterName = "Realtime.Jwks";

    private readonly Counter<long> _fetches;

    public JwksMetrics(IMeterFactory meters) => _fetches = meters.Create(MeterName).CreateCounter<long>(
        "realtime_jwks_fetches_total", "{request}", "How often the keys of tokens were asked for, by outcome.",
            Labels.Named("outcome"));

    public void Fetched(JwksOutcome outcome) =>
        _fetches.Add(1, new KeyValuePair<string, object?>(
            "outcome", JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString())));
}
