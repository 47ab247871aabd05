using System.Globalization;

namespace Realtime.Cli.Terminals;

/// <summary>
/// Whoever ignores SIGCHLD is not told exit codes, and some that start us ignore it, and hand that down.
/// </summary>
internal static class ChildSignal
{
    private const int Number = 17;
    private const string Ignored = "SigIgn:";

    /// <summary>Ends the ignoring; a handler, where there is one, stays.</summary>
    public static void Heed()
    {
        string signals = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..].Trim();
        ulong bits = ulong.Parse(signals, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if ((bits >> (Number - 1) & 1) != 0)
        {
            _ = NativeProcess.Handle(Number, NativeProcess.DefaultAction);
        }
    }
}
