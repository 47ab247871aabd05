using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// Reads the counters of a meter out of a nettrace of <c>System.Diagnostics.Metrics</c>. Their events
/// (<c>CounterRateValuePublished</c>) hold texts one behind the other, which are looked for:
/// <code>
///   session NUL  meter NUL  version NUL  instrument NUL  unit NUL  tags NUL  rate NUL  value NUL  instrument's number
///   (each in UTF-16)                                                                              (4 bytes)
/// </code>
/// </summary>
internal static class CounterTrace
{
    private const int TextMax = 512;

    /// <summary>
    /// The last value of each, by name and tags as <c>name{tag=value}</c>; hosts in one process each have instruments
    /// of their own, which are added up.
    /// </summary>
    public static IReadOnlyDictionary<string, double> Read(ReadOnlySpan<byte> trace, string meter)
    {
        var values = new Dictionary<(string Name, uint Number), double>();
        ReadOnlySpan<byte> opening = MemoryMarshal.AsBytes(('\0' + meter + '\0').AsSpan());
        while (trace.IndexOf(opening) is var at and >= 0)
        {
            trace = trace[(at + opening.Length)..];
            ReadOnlySpan<byte> rest = trace;
            if (TryReadText(ref rest, out _) && TryReadText(ref rest, out string instrument)
                && TryReadText(ref rest, out _) && TryReadText(ref rest, out string tags)
                && TryReadText(ref rest, out _) && TryReadText(ref rest, out string text)
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                uint number = BinaryPrimitives.TryReadUInt32LittleEndian(rest, out uint told) ? told : 0;
                values[(tags.Length == 0 ? instrument : $"{instrument}{{{tags}}}", number)] = value;
            }
        }

        return values.GroupBy(value => value.Key.Name, value => value.Value)
            .ToDictionary(counter => counter.Key, counter => counter.Sum());
    }

    // UTF-16 up to a NUL; events stand at any byte, so that nothing is aligned.
    private static bool TryReadText(ref ReadOnlySpan<byte> rest, out string text)
    {
        int length = 0;
        while (length < TextMax && (2 * length) + 2 <= rest.Length
            && (rest[2 * length] != 0 || rest[(2 * length) + 1] != 0))
        {
            length++;
        }

        bool isText = length < TextMax && (2 * length) + 2 <= rest.Length;
        text = isText ? Encoding.Unicode.GetString(rest[..(2 * length)]) : string.Empty;
        rest = isText ? rest[((2 * length) + 2)..] : rest;
        return isText;
    }
}
