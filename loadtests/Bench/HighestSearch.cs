namespace Realtime.Loadtests.Bench;

/// <summary>
/// Looks for the highest load that is still carried: doubles until one is not, then halves what is between. A noisy
/// machine may fail a load by chance, so that what is found is a lower bound.
/// </summary>
/// <param name="isCarried">Tries a load.</param>
internal sealed class HighestSearch(Func<int, Task<bool>> isCarried)
{
    /// <summary>Above this nothing is looked for.</summary>
    public const int Most = 10_000_000;

    // Within a tenth.
    private const double Near = 1.1;

    /// <summary>The highest that was carried (0: none), and the lowest that was not (null: all were).</summary>
    /// <param name="first">Where to begin.</param>
    public async Task<(int Carried, int? NotCarried)> RunAsync(int first)
    {
        (int carried, int? notCarried) = (0, null);
        for (int load = first; load <= Most && notCarried is null; load *= 2)
        {
            (carried, notCarried) = await isCarried(load) ? (load, notCarried) : (carried, load);
        }

        while (carried > 0 && notCarried is { } above && above > carried * Near)
        {
            int middle = carried + ((above - carried) / 2);
            (carried, notCarried) = await isCarried(middle) ? (middle, notCarried) : (carried, middle);
        }

        return (carried, notCarried);
    }
}
