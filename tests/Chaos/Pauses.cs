namespace Realtime.Tests.Chaos;

/// <summary>
/// Time that passes in the simulation itself, as between two things that somebody does: random pauses around a mean.
/// Nothing is waited for with them; that is what <see cref="Support.Eventually"/> is for.
/// </summary>
internal sealed class Pauses(TimeSpan mean, Random random)
{
    public Task NextAsync(CancellationToken stopping) => ForAsync(mean * (2 * random.NextDouble()), stopping);

    /// <summary>A pause of just so long.</summary>
    public static Task ForAsync(TimeSpan time, CancellationToken stopping) =>
        Task.Delay(time, TimeProvider.System, stopping);
}
