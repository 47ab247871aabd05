namespace Realtime.Tests.Chaos.Producers;

/// <summary>The pace of a producer: random pauses around a mean.</summary>
internal sealed class Pauses(TimeSpan mean, Random random)
{
    public Task NextAsync(CancellationToken stopping) =>
        Task.Delay(mean * (2 * random.NextDouble()), TimeProvider.System, stopping);
}
