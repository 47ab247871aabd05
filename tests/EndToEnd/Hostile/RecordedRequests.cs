using System.Globalization;
using System.Text.RegularExpressions;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>Takes apart what an edge sent to a worker, by the letter of RFC 9112: nothing may be left over.</summary>
internal static partial class RecordedRequests
{
    /// <summary>The requests on one connection, each with its body; frames of a WebSocket are left out.</summary>
    public static IEnumerable<string> Split(string bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int end = bytes.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                // Its head is just arriving.
                yield break;
            }

            string head = bytes[at..(end + 4)];
            Assert.True(Head().IsMatch(head), $"No head of a request: {head}");
            int body = BodyLength(head, bytes, end + 4);
            yield return bytes[at..Math.Min(end + 4 + body, bytes.Length)];
            at = head.Contains("\r\nUpgrade:", StringComparison.OrdinalIgnoreCase) ? bytes.Length : end + 4 + body;
        }
    }

    private static int BodyLength(string head, string bytes, int at)
    {
        string[] lengths = [.. Values(head, "Content-Length")];
        string[] codings = [.. Values(head, "Transfer-Encoding")];
        Assert.True(lengths.Length + codings.Length <= 1, $"Two lengths of one body: {head}");
        if (lengths is [string length])
        {
            Assert.Matches("^[0-9]+$", length);
            return int.Parse(length, CultureInfo.InvariantCulture);
        }

        if (codings.Length == 0)
        {
            return 0;
        }

        Assert.Equal("chunked", codings[0]);
        int start = at;
        while (at < bytes.Length)
        {
            int line = bytes.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0)
            {
                break;
            }

            Assert.Matches("^[0-9A-Fa-f]+$", bytes[at..line]);
            int size = int.Parse(bytes[at..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at = line + 2 + size + 2;
            if (size == 0)
            {
                // No trailers: the empty line is the one just skipped.
                break;
            }
        }

        return at - start;
    }

    private static IEnumerable<string> Values(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim());

    [GeneratedRegex(
        @"\A[A-Z]+ /[!-~]* HTTP/1\.1\r\n"
        + @"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [^\x00-\x08\x0a-\x1f\x7f]*\r\n)+\r\n\z")]
    private static partial Regex Head();
}
