using System.Globalization;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.TerminalOpen;

/// <summary>One way to open a terminal, and how long it took.</summary>
/// <param name="Name">What figures call it.</param>
/// <param name="From">Where it begins.</param>
/// <param name="Terminal">Number of the terminal: 0 is whole, of 1 only the end is retained.</param>
/// <param name="Bytes">How many come at least.</param>
internal sealed record Opening(string Name, string From, int Terminal, int Bytes)
{
    // What the page opens a terminal with.
    private const int PageTailBytes = 256 * 1024;
    private const int TailBytes = 64 * 1024;

    // A tail begins at a safe point, which may be so much later.
    private const int SafePointBytesMax = 32 * 1024;

    /// <summary>Whether only the end is wanted.</summary>
    public bool IsTail => Terminal == 1;

    /// <summary>From connecting to the last byte.</summary>
    public Step Connect { get; } = Step.Measured($"{Name}_connect");

    /// <summary>From sending <c>subscribe</c> to the last byte.</summary>
    public Step Subscribe { get; } = Step.Measured($"{Name}_subscribe");

    /// <summary>Those that are measured.</summary>
    public static IReadOnlyList<Opening> Kinds(TerminalLoadOptions load) =>
    [
        new("start", "start", 0, load.OpenBytes),
        Tail("tail_64k", TailBytes, load),
        Tail("tail_256k", PageTailBytes, load),
    ];

    private static Opening Tail(string name, int bytes, TerminalLoadOptions load) => new(
        name, string.Create(CultureInfo.InvariantCulture, $"tail:{bytes}"), 1,
        Math.Max(0, Math.Min(bytes, load.VolumeBytes) - SafePointBytesMax));
}
