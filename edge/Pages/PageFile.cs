using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Realtime.Edge.Pages;

/// <summary>
/// One file of the pages: its bytes, packed once for each encoding when first asked for, and its headers.
/// </summary>
internal sealed class PageFile
{
    /// <summary>Where the build puts files whose names change with their content.</summary>
    public const string HashedFolder = "assets/";

    // A year, which is as long as caches keep anything (RFC 9111 has no limit; browsers do).
    private const string Forever = "public, max-age=31536000, immutable";

    // Kept, but asked for again each time: a new version shows up with the next load.
    private const string Revalidated = "no-cache";

    // Below this the answer's headers outweigh what packing saves.
    private const int PackedFromBytes = 512;

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    private readonly PageVariant _plain;
    private readonly Lazy<PageVariant> _gzip;
    private readonly Lazy<PageVariant> _brotli;

    public PageFile(string path, byte[] content)
    {
        Path = path;
        string hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
        _plain = new PageVariant(PageEncoding.Identity, content, TagOf(hash));
        _gzip = new(() => Pack(PageEncoding.Gzip, hash));
        _brotli = new(() => Pack(PageEncoding.Brotli, hash));
        string type = ContentTypes.TryGetContentType(path, out string? known) ? known : "application/octet-stream";
        IsText = type.StartsWith("text/", StringComparison.Ordinal)
            || type is "application/json" or "application/manifest+json" or "image/svg+xml";
        ContentType = IsText ? $"{type}; charset=utf-8" : type;
        CacheControl = path.StartsWith(HashedFolder, StringComparison.Ordinal) ? Forever : Revalidated;
        IsPacked = IsText && content.Length >= PackedFromBytes;
    }

    /// <summary>Below the root of the pages, such as <c>assets/index-4f2a.js</c>.</summary>
    public string Path { get; }

    public string ContentType { get; }

    public string CacheControl { get; }

    /// <summary>Whether the answer depends on <c>Accept-Encoding</c>. Pictures and fonts are packed already.</summary>
    public bool IsPacked { get; }

    private bool IsText { get; }

    /// <summary>The bytes for a client that takes <paramref name="encoding"/>.</summary>
    public PageVariant In(PageEncoding encoding) => !IsPacked ? _plain : encoding switch
    {
        PageEncoding.Brotli => _brotli.Value,
        PageEncoding.Gzip => _gzip.Value,
        _ => _plain,
    };

    private static EntityTagHeaderValue TagOf(string text) => new($"\"{text}\"");

    // `Optimal`, not `SmallestSize`: 10 ms rather than a second for the largest script, and a few per cent more bytes.
    private PageVariant Pack(PageEncoding encoding, string hash)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding == PageEncoding.Brotli
            ? new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true)
            : new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            packer.Write(_plain.Bytes.Span);
        }

        return new PageVariant(encoding, packed.ToArray(), TagOf($"{hash}-{AcceptedEncoding.NameOf(encoding)}"));
    }
}
