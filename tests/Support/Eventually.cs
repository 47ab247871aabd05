using System.Diagnostics;

namespace Realtime.Tests.Support;

/// <summary>
/// Waits for something that another task or process brings about, and says what was waited for if it does not come.
/// Looks again every few milliseconds, so that a test takes no longer than what it watches.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan DefaultWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    /// <param name="why">What should become true, as a sentence for the failure.</param>
    /// <param name="condition">Looked at again and again; its exceptions fail the test.</param>
    /// <param name="within">How long at most, default 10 s.</param>
    /// <param name="detail">More for the failure's text, evaluated only then.</param>
    public static Task TrueAsync(
        string why, Func<bool> condition, TimeSpan? within = null, Func<string>? detail = null) =>
        TrueAsync(why, () => Task.FromResult(condition()), within, detail);

    /// <inheritdoc cref="TrueAsync(string, Func{bool}, TimeSpan?, Func{string}?)"/>
    public static async Task TrueAsync(
        string why, Func<Task<bool>> condition, TimeSpan? within = null, Func<string>? detail = null)
    {
        TimeSpan limit = within ?? DefaultWithin;
        if (!await HoldsAsync(condition, limit, Interval, CancellationToken.None))
        {
            string more = detail is null ? string.Empty : " " + detail();
            Assert.Fail($"Not within {limit.TotalSeconds:0.#} s: {why}.{more}");
        }
    }

    /// <summary>
    /// Waits until <paramref name="condition"/> holds, and returns whether it came to that: for who can go on without.
    /// </summary>
    /// <param name="condition">Looked at again and again.</param>
    /// <param name="within">How long at most.</param>
    /// <param name="interval">The pause between two looks; longer where hundreds look.</param>
    /// <param name="stopping">Ends the waiting.</param>
    public static async Task<bool> HoldsAsync(
        Func<Task<bool>> condition, TimeSpan within, TimeSpan interval, CancellationToken stopping)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > within)
            {
                return false;
            }

            await Task.Delay(interval, TimeProvider.System, stopping);
        }

        return true;
    }

    /// <summary>Waits until <paramref name="find"/> finds something, and returns it.</summary>
    public static async Task<T> FindAsync<T>(string why, Func<T?> find, TimeSpan? within = null)
        where T : class
    {
        T? found = null;
        await TrueAsync(why, () => (found = find()) is not null, within);
        return found!;
    }
}
