namespace Realtime.Edge.Pages;

/// <summary>How the bytes of a file are packed (RFC 9110, 8.4.1); the later, the smaller.</summary>
internal enum PageEncoding
{
    /// <summary>As they are.</summary>
    Identity,

    /// <summary><c>gzip</c>.</summary>
    Gzip,

    /// <summary><c>br</c>.</summary>
    Brotli,
}
