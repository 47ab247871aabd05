using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Realtime.Edge.Forwarding.Tunnels;

/// <summary>
/// The head of a worker's answer to an upgrade, read strictly (RFC 9112, 4 and 5): what is not to the letter is no
/// answer. A worker is a friend, but what answers at its address may be something else.
/// </summary>
/// <param name="Status">From 100 to 599.</param>
/// <param name="Headers">In the order in which they came.</param>
internal sealed record AnswerHead(int Status, ImmutableArray<KeyValuePair<string, string>> Headers)
{
    /// <summary>Longest head, its empty line included.</summary>
    public const int BytesMax = 16 * 1024;

    /// <summary>Most headers.</summary>
    public const int HeadersMax = 64;

    // "HTTP/1.1 101 "; the space is sent even where no reason follows (RFC 9112, 4).
    private const int StatusLineMin = 13;

    // RFC 9110, 5.6.2.
    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // Visible ones of ASCII, spaces and tabs: nothing that ends a line, and nothing that two readers read differently.
    private static readonly SearchValues<byte> TextBytes = SearchValues.Create(
        [(byte)'\t', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(one => (byte)one)]);

    /// <summary>Where the head ends, behind its empty line; -1 if its end has not come yet.</summary>
    public static int EndOf(ReadOnlySpan<byte> bytes)
    {
        int last = bytes.IndexOf("\r\n\r\n"u8);
        return last < 0 ? -1 : last + 4;
    }

    /// <summary>Reads one; false if it is none.</summary>
    /// <param name="head">All of it, up to <see cref="EndOf"/>.</param>
    /// <param name="answer">What it says.</param>
    public static bool TryParse(ReadOnlySpan<byte> head, [NotNullWhen(true)] out AnswerHead? answer)
    {
        answer = null;
        if (head.Length > BytesMax || !head.EndsWith("\r\n\r\n"u8)
            || !TryReadStatus(TakeLine(ref head), out int status))
        {
            return false;
        }

        ImmutableArray<KeyValuePair<string, string>>.Builder headers =
            ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        while (true)
        {
            ReadOnlySpan<byte> line = TakeLine(ref head);
            if (line.IsEmpty)
            {
                break;
            }

            if (headers.Count == HeadersMax || !TryReadHeader(line, out KeyValuePair<string, string> header))
            {
                return false;
            }

            headers.Add(header);
        }

        answer = new AnswerHead(status, headers.ToImmutable());
        // What stands behind the empty line is no part of it.
        return head.IsEmpty;
    }

    /// <summary>The one value of a header; null if there is none, or several.</summary>
    public string? Single(string name)
    {
        string? value = null;
        foreach (KeyValuePair<string, string> header in Headers)
        {
            if (!header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (value is not null)
            {
                return null;
            }

            value = header.Value;
        }

        return value;
    }

    /// <summary>Whether it has the header.</summary>
    public bool Has(string name) =>
        Headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = rest[..end];
        rest = rest[(end + 2)..];
        return line;
    }

    private static bool TryReadStatus(ReadOnlySpan<byte> line, out int status)
    {
        status = 0;
        return line.Length >= StatusLineMin
            && line.StartsWith("HTTP/1.1 "u8)
            && Utf8Parser.TryParse(line[9..12], out status, out int digits) && digits == 3
            && status is >= 100 and <= 599
            && line[12] == ' '
            && !line[13..].ContainsAnyExcept(TextBytes);
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> line, out KeyValuePair<string, string> header)
    {
        int colon = line.IndexOf((byte)':');
        // No folded lines, and no space before the colon (RFC 9112, 5.1 and 5.2): a name begins and ends as a token.
        if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes)
            || line[(colon + 1)..].ContainsAnyExcept(TextBytes))
        {
            header = default;
            return false;
        }

        header = new(
            Encoding.ASCII.GetString(line[..colon]),
            Encoding.ASCII.GetString(line[(colon + 1)..].Trim(" \t"u8)));
        return true;
    }
}
