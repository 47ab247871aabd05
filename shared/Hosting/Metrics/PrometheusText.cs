using System.Buffers;
using System.Globalization;
using System.Text;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// Prometheus' text exposition, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format). A line is
/// <code>
///   # HELP name text            \ and line feed escaped
///   # TYPE name counter|gauge|histogram
///   name{label="value",…} 12.5  \, " and line feed escaped
/// </code>
/// </summary>
internal static class PrometheusText
{
    private const int NumberBytesMax = 32;

    /// <summary>The media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>What a metric is: once, before its samples.</summary>
    public static void WriteHead(IBufferWriter<byte> output, string name, string type, string help)
    {
        output.Write("# HELP "u8);
        WriteText(output, name);
        output.Write(" "u8);
        WriteEscaped(output, help, isLabel: false);
        output.Write("\n# TYPE "u8);
        WriteText(output, name);
        output.Write(" "u8);
        WriteText(output, type);
        output.Write("\n"u8);
    }

    /// <summary>One sample.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">The metric's name.</param>
    /// <param name="suffix">What a histogram's samples have behind it, such as <c>_sum</c>.</param>
    /// <param name="labels">The labels by <see cref="WriteLabel"/>, without braces; may be none.</param>
    /// <param name="bound">A bucket's upper bound; null for what is no bucket.</param>
    /// <param name="value">The value.</param>
    public static void WriteSample(
        IBufferWriter<byte> output, string name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels, double? bound,
        double value)
    {
        WriteText(output, name);
        output.Write(suffix);
        if (!labels.IsEmpty || bound is not null)
        {
            output.Write("{"u8);
            output.Write(labels);
            if (bound is { } le)
            {
                output.Write(labels.IsEmpty ? "le=\""u8 : ",le=\""u8);
                WriteNumber(output, le);
                output.Write("\""u8);
            }

            output.Write("}"u8);
        }

        output.Write(" "u8);
        WriteNumber(output, value);
        output.Write("\n"u8);
    }

    /// <summary>One label, and a comma before it if it is not the first.</summary>
    public static void WriteLabel(IBufferWriter<byte> output, string name, string value, bool isFirst)
    {
        if (!isFirst)
        {
            output.Write(","u8);
        }

        WriteText(output, name);
        output.Write("=\""u8);
        WriteEscaped(output, value, isLabel: true);
        output.Write("\""u8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, double value)
    {
        if (!double.IsFinite(value))
        {
            output.Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
            return;
        }

        // The shortest text that reads back as the same number.
        Span<byte> span = output.GetSpan(NumberBytesMax);
        value.TryFormat(span, out int written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    // Half a surrogate pair becomes U+FFFD: what is written is UTF-8 whatever it was.
    private static void WriteEscaped(IBufferWriter<byte> output, string text, bool isLabel)
    {
        while (text.AsSpan().IndexOfAny('\\', '\n', isLabel ? '"' : '\\') is var at && at >= 0)
        {
            WriteText(output, text.AsSpan(0, at));
            output.Write(text[at] switch
            {
                '\n' => "\\n"u8,
                '"' => "\\\""u8,
                _ => "\\\\"u8,
            });
            text = text[(at + 1)..];
        }

        WriteText(output, text);
    }

    private static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
        {
            Encoding.UTF8.GetBytes(text, output);
        }
    }
}
