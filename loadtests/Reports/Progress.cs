using System.Globalization;

namespace Realtime.Loadtests.Reports;

/// <summary>Tells people how far a run is, apart from the results on standard output.</summary>
internal sealed class Progress(TextWriter output, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Nobody wants to know.</summary>
    public static Progress None => new(TextWriter.Null, TimeProvider.System);

    /// <summary>Writes a line, with the seconds since the start.</summary>
    public void Tell(string what) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{time.GetElapsedTime(_started).TotalSeconds,7:0.0} s  {what}"));
}
