using System.Globalization;
using Realtime.Hosting.Configuration;

namespace Realtime.Loadtests.Load;

/// <summary>
/// A stretch of load, in the terms of NBomber. Open: so many a second are begun, whatever became of those before.
/// Closed: so many copies are at work, each beginning again when it is done.
/// </summary>
/// <param name="Kind">Which.</param>
/// <param name="From">A second (open) or copies (closed) at its start.</param>
/// <param name="To">Likewise at its end.</param>
/// <param name="During">How long.</param>
internal sealed record LoadSimulation(SimulationKind Kind, int From, int To, TimeSpan During)
{
    /// <summary>How open ones are written.</summary>
    public const string OpenRule =
        "'inject RATE TIME', 'ramp-inject FROM TO TIME' or 'pause TIME', such as 'inject 100 30s'";

    private const int Most = 1_000_000;

    /// <summary>Whether it is closed.</summary>
    public bool IsClosed => Kind == SimulationKind.Constant;

    /// <summary>So many a second.</summary>
    public static LoadSimulation Inject(int perSecond, TimeSpan during) => RampingInject(perSecond, perSecond, during);

    /// <summary>From so many a second to so many.</summary>
    public static LoadSimulation RampingInject(int from, int to, TimeSpan during) =>
        new(SimulationKind.Inject, from, to, during);

    /// <summary>So many copies.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => RampingConstant(copies, copies, during);

    /// <summary>From so many copies to so many.</summary>
    public static LoadSimulation RampingConstant(int from, int to, TimeSpan during) =>
        new(SimulationKind.Constant, from, to, during);

    /// <summary>Nothing.</summary>
    public static LoadSimulation Pause(TimeSpan during) => new(SimulationKind.Pause, 0, 0, during);

    /// <summary>Reads one; null if the text is none.</summary>
    public static LoadSimulation? Parse(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 2 || !DurationText.TryParse(words[^1], out TimeSpan during) || during <= TimeSpan.Zero)
        {
            return null;
        }

        int? first = Number(words.ElementAtOrDefault(1));
        int? second = Number(words.ElementAtOrDefault(2));
        return (words[0], words.Length) switch
        {
            ("inject", 3) when first is { } rate => Inject(rate, during),
            ("ramp-inject", 4) when first is { } from && second is { } to => RampingInject(from, to, during),
            ("constant", 3) when first is { } copies => KeepConstant(copies, during),
            ("ramp-constant", 4) when first is { } from && second is { } to => RampingConstant(from, to, during),
            ("pause", 2) => Pause(during),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string time = DurationText.Format(During);
        return Kind switch
        {
            SimulationKind.Pause => $"pause {time}",
            SimulationKind.Inject when From == To => Invariant($"inject {From} {time}"),
            SimulationKind.Inject => Invariant($"ramp-inject {From} {To} {time}"),
            _ when From == To => Invariant($"constant {From} {time}"),
            _ => Invariant($"ramp-constant {From} {To} {time}"),
        };
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= Most
            ? number
            : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
