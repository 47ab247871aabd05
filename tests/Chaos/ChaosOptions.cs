using System.Globalization;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Chaos;

/// <summary>How large and how long a run is; by environment variables.</summary>
internal sealed record ChaosOptions
{
    private static readonly TimeSpan LongMin = TimeSpan.FromMinutes(5);

    /// <summary>What the run's faults, filters, habits and delays follow from (<c>REALTIME_TEST_SEED</c>).</summary>
    public required int Seed { get; init; }

    /// <summary>How long faults are made (<c>REALTIME_CHAOS_TIME</c>, such as <c>20m</c>; default 80 s).</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(80);

    /// <summary>Whether it is a run for itself, of 5 minutes and more: then times are asserted too.</summary>
    public bool IsLong => Time >= LongMin;

    /// <summary>Clients that watch (<c>REALTIME_CHAOS_CLIENTS</c>).</summary>
    public int Clients { get; init; } = 300;

    /// <summary>Producers (<c>REALTIME_CHAOS_PRODUCERS</c>).</summary>
    public int Producers { get; init; } = 30;

    /// <summary>What the environment says.</summary>
    public static ChaosOptions FromEnvironment()
    {
        var options = new ChaosOptions { Seed = Number("REALTIME_TEST_SEED") ?? Random.Shared.Next() };
        if (Text("REALTIME_CHAOS_TIME") is { } time)
        {
            Assert.True(DurationText.TryParse(time, out TimeSpan given), $"REALTIME_CHAOS_TIME: {DurationText.Rule}");
            options = options with { Time = given };
        }

        return options with
        {
            Clients = Number("REALTIME_CHAOS_CLIENTS") ?? options.Clients,
            Producers = Number("REALTIME_CHAOS_PRODUCERS") ?? options.Producers,
        };
    }

    private static int? Number(string name) =>
        Text(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private static string? Text(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
