using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Realtime.Loadtests.Viewers;

/// <summary>The server's answer to an opening handshake: its status line and headers.</summary>
internal sealed record UpgradeAnswer(int Status, string Text)
{
    private const int HeaderBytesMax = 16 * 1024;
    private const int ShownMax = 600;

    /// <summary>
    /// Reads up to the empty line; what stands behind it stays in the pipe. A refusal is read on, for its document.
    /// </summary>
    /// <exception cref="ViewerException">The connection ended, or the answer is no HTTP.</exception>
    public static async Task<UpgradeAnswer> ReadAsync(PipeReader input, CancellationToken stopping)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(stopping);
            if (TryRead(result.Buffer, out UpgradeAnswer? answer, out SequencePosition end))
            {
                bool isRefusal = answer.Status != 101;
                string body = isRefusal ? Encoding.UTF8.GetString(result.Buffer.Slice(end)) : string.Empty;
                input.AdvanceTo(end);
                return answer with { Text = answer.Text + body };
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted || result.Buffer.Length > HeaderBytesMax)
            {
                throw new ViewerException(
                    "The edge ended the connection during the handshake, or sent no HTTP answer.", true);
            }
        }
    }

    /// <summary>The value of a header, or null.</summary>
    public string? Header(string name)
    {
        foreach (ReadOnlySpan<char> line in Text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return line[(colon + 1)..].Trim().ToString();
            }
        }

        return null;
    }

    /// <summary>The beginning of it, for an error message.</summary>
    public string Show() => Text.Length <= ShownMax ? Text : Text[..ShownMax] + " …";

    private static bool TryRead(
        ReadOnlySequence<byte> buffer, [NotNullWhen(true)] out UpgradeAnswer? answer,
        out SequencePosition end)
    {
        var reader = new SequenceReader<byte>(buffer);
        answer = null;
        end = buffer.Start;
        if (!reader.TryReadTo(out ReadOnlySequence<byte> header, "\r\n\r\n"u8))
        {
            return false;
        }

        // HTTP/1.1 101 Switching Protocols
        string text = Encoding.ASCII.GetString(header) + "\r\n";
        string[] words = text[..text.IndexOf("\r\n", StringComparison.Ordinal)].Split(' ', 3);
        int status = words.Length >= 2 && words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        end = reader.Position;
        answer = new UpgradeAnswer(status, text);
        return true;
    }
}
