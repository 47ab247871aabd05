using System.Globalization;
using Realtime.Loadtests.Publishing;

namespace Realtime.Loadtests.Terminals;

/// <summary>How much is said by terminals, and how. What a scenario does not use is 0.</summary>
internal sealed record TerminalLoadOptions
{
    /// <summary>Terminals written at the same time; client n watches terminal n mod this.</summary>
    public int Count { get; init; }

    /// <summary>How many of them each client watches on one socket.</summary>
    public int Each { get; init; }

    /// <summary>Writes a second to each.</summary>
    public int WriteRate { get; init; }

    /// <summary>Bytes of each write.</summary>
    public int WriteBytes { get; init; }

    /// <summary>Bytes of a terminal that is opened from its start.</summary>
    public int OpenBytes { get; init; }

    /// <summary>Bytes written to a terminal of which less is retained.</summary>
    public int VolumeBytes { get; init; }

    /// <summary>How often each opening is repeated.</summary>
    public int Repeats { get; init; }

    /// <summary>What viewers speak.</summary>
    public TerminalFormat Format { get; init; }

    /// <summary>How it is written.</summary>
    public ProducerKind Producer { get; init; }

    /// <summary>A file with what is to be said; null: the output of a build made at the start.</summary>
    public string? OutputFile { get; init; }

    /// <summary>For people.</summary>
    public IEnumerable<string> Show()
    {
        if (Count > 0)
        {
            string each = Each > 1 ? Invariant($" ({Each:N0} on each client's wall)") : string.Empty;
            yield return Invariant($"{Count:N0} terminals{each} of {WriteRate:N0} writes/s x {WriteBytes:N0} bytes");
        }

        if (OpenBytes > 0)
        {
            yield return Invariant($"{OpenBytes:N0} bytes from the start");
        }

        if (VolumeBytes > 0)
        {
            yield return Invariant($"{VolumeBytes:N0} bytes written");
        }

        if (Repeats > 0)
        {
            yield return Invariant($"{Repeats:N0} times");
        }

        yield return TerminalFormats.NameOf(Format);
        yield return Producer == ProducerKind.Socket ? "written by socket" : "written by HTTP";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
