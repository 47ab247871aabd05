using System.Text;

namespace Realtime.Hosting.Identity;

/// <summary>Secrets as options give them: in place, or in a file that an orchestrator mounts.</summary>
internal static class SecretFile
{
    /// <summary>Shortest key, in bytes: HMAC-SHA256 is as strong as its key up to 32 (RFC 7518, 3.2).</summary>
    public const int KeyBytesMin = 32;

    private const int FileBytesMax = 64 * 1024;

    /// <summary>Reads a file of secrets, one a line.</summary>
    /// <exception cref="IOException">It cannot be read, or is larger than 64 KiB.</exception>
    public static string[] ReadLines(string path)
    {
        try
        {
            return new FileInfo(path).Length <= FileBytesMax
                ? LinesOf(File.ReadAllBytes(path))
                : throw new IOException("The file is larger than 64 KiB.");
        }
        catch (Exception error)
            when (error is UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException("The file cannot be read.", error);
        }
    }

    /// <summary>The secrets in a file's content, one a line; a byte order mark is none of them.</summary>
    public static string[] LinesOf(byte[] content)
    {
        ReadOnlySpan<byte> text = content;
        if (text.StartsWith(Encoding.UTF8.Preamble))
        {
            text = text[Encoding.UTF8.Preamble.Length..];
        }

        return Encoding.UTF8.GetString(text)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Whether a key is long enough.</summary>
    public static bool IsKey(string secret) => Encoding.UTF8.GetByteCount(secret) >= KeyBytesMin;
}
