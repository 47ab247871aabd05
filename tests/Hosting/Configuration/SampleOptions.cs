using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Hosting.Configuration;

/// <summary>An option of every kind. Its section is one that is known, so that only its keys are new.</summary>
internal sealed record SampleOptions
{
    public const string Section = "telemetry:sample";

    [Range(1, 10)]
    public int Whole { get; init; } = 5;

    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.5;

    public bool Enabled { get; init; }

    [DurationRange("100ms", "1m")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(10);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(2);

    [Range(1_024, 1_048_576)]
    public int BodyBytesMax { get; init; } = 65_536;

    [ConfigurationKeyName("renamed"), StringLength(5, MinimumLength = 1)]
    public string Text { get; init; } = "abc";

    [AllowedValues("left", "right")]
    public string Side { get; init; } = "left";

    public AutoscalingMetric Metric { get; init; }

    public Uri? Address { get; init; }

    public long? Limit { get; init; }

    public ImmutableArray<string> Names { get; init; } = [];

    [MaxLength(2)]
    public IReadOnlyList<int> Numbers { get; init; } = [];

    public ImmutableArray<SampleItem> Items { get; init; } = [];

    public string? Password { get; init; }

    public string Computed => Text + "!";
}
