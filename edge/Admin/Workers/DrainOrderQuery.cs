using System.Globalization;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Admin.Workers;

/// <summary>The parameters of an order to drain, of a worker or of an edge.</summary>
internal static class DrainOrderQuery
{
    public static readonly TimeSpan DeadlineMin = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan DeadlineMax = TimeSpan.FromHours(1);
    public const int PaceMax = 100_000;

    /// <summary>Reads them as an operator sends them.</summary>
    public static (AdminQuery Query, TimeSpan? Deadline, int? Pace) Read(HttpContext context)
    {
        var query = AdminQuery.Of(context, "deadline", "pace");
        return (query, query.Duration("deadline", DeadlineMin, DeadlineMax), query.Number("pace", 1, PaceMax));
    }

    /// <summary>Writes them as a worker reads them; what is not said is the worker's default.</summary>
    public static string Write(TimeSpan? deadline, int? pace)
    {
        string?[] parts =
        [
            deadline is { } time ? $"deadline={DurationText.Format(time)}" : null,
            pace is { } rate ? string.Create(CultureInfo.InvariantCulture, $"pace={rate}") : null,
        ];
        string query = string.Join('&', parts.OfType<string>());
        return query.Length == 0 ? string.Empty : $"?{query}";
    }
}
