using System.Globalization;
using Xunit.Abstractions;

namespace Realtime.Tests.Support;

/// <summary>
/// Rounds of a random test for a limited time, from a new seed each run. The seed is told, and
/// <c>REALTIME_TEST_SEED</c> begins with a given one; <c>REALTIME_FUZZ_TIME</c> (seconds) takes longer.
/// </summary>
internal static class Fuzzing
{
    private const double TimeDefault = 0.5;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(
        double.TryParse(
            Environment.GetEnvironmentVariable("REALTIME_FUZZ_TIME"), CultureInfo.InvariantCulture, out double given)
            ? given
            : TimeDefault);

    /// <summary>
    /// Runs rounds, the first one always; each has a seed of its own, so that it can be repeated alone.
    /// </summary>
    public static void Run(ITestOutputHelper output, Action<Random> round)
    {
        int seed = int.TryParse(
            Environment.GetEnvironmentVariable("REALTIME_TEST_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"REALTIME_TEST_SEED={seed} repeats this run.");
        long started = TimeProvider.System.GetTimestamp();
        int rounds = 0;
        do
        {
            int own = unchecked(seed + rounds++);
            try
            {
                round(new Random(own));
            }
            catch (Exception failure)
            {
                output.WriteLine($"REALTIME_TEST_SEED={own} repeats the round that failed: {failure.Message}");
                throw;
            }
        }
        while (TimeProvider.System.GetElapsedTime(started) < Time);

        output.WriteLine($"{rounds} rounds.");
    }
}
