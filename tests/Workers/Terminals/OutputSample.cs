using System.Collections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Workers.Terminals;

/// <summary>
/// Terminal output, and where in it @xterm/headless stands in ground: written by <c>Oracle/generate.cjs</c>, so that
/// what is tested is not what says what is right.
/// </summary>
public sealed record OutputSample(string Name, byte[] Bytes, bool[] IsGround)
{
    /// <summary>Recordings of programs, hand-made sequences, and random bytes.</summary>
    public static IReadOnlyList<OutputSample> All { get; } =
    [
        .. RepositoryRoot.Read("tests/Workers/Terminals/Oracle/states.txt")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(Parse),
    ];

    /// <summary>Those that programs write, without what is broken on purpose.</summary>
    public static IEnumerable<OutputSample> Real => All.Where(sample =>
        !sample.Name.StartsWith("random-", StringComparison.Ordinal) && sample.Name != "broken");

    public override string ToString() => Name;

    private static OutputSample Parse(string line)
    {
        string[] parts = line.Split(' ');
        byte[] bytes = Convert.FromBase64String(parts[1]);
        var bits = new BitArray(Convert.FromBase64String(parts[2]));
        return new OutputSample(parts[0], bytes, [.. Enumerable.Range(0, bytes.Length + 1).Select(bits.Get)]);
    }
}
