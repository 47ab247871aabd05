namespace Realtime.Loadtests.Terminals;

/// <summary>How the bytes of a message are written.</summary>
internal enum DataCoding
{
    /// <summary>As they are.</summary>
    Raw,

    /// <summary>As an LZ4 block.</summary>
    Lz4,

    /// <summary>In base64.</summary>
    Base64,

    /// <summary>As an LZ4 block in base64.</summary>
    Lz4Base64,
}
