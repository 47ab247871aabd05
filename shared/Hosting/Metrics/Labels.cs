using System.Diagnostics.Metrics;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// Says at an instrument which labels its series have. No series carries it: it is what <c>infra/metrics.txt</c> is
/// made of, and what tests hold the output against.
/// </summary>
public static class Labels
{
    /// <summary>The instrument's tag that names them.</summary>
    public const string Key = "labels";

    /// <summary>The label of what is told of each partition.</summary>
    public const string Partition = "partition";

    /// <summary>The names, in the order in which they are told.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Named(params ReadOnlySpan<string> names) =>
        [new(Key, string.Join(',', names))];

    /// <summary>The names that an instrument was given; none if it has no labels.</summary>
    public static string[] Of(Instrument instrument) =>
        instrument.Tags?.Where(static tag => tag.Key == Key).Select(static tag => tag.Value as string)
            .FirstOrDefault()?.Split(',') ?? [];
}
