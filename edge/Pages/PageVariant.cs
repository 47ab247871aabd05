using Microsoft.Net.Http.Headers;

namespace Realtime.Edge.Pages;

/// <summary>The bytes of a file in one encoding.</summary>
/// <param name="Encoding">How they are packed.</param>
/// <param name="Bytes">All of them.</param>
/// <param name="Tag">Names exactly these bytes: each encoding has its own (RFC 9110, 8.8.3.3).</param>
internal sealed record PageVariant(PageEncoding Encoding, ReadOnlyMemory<byte> Bytes, EntityTagHeaderValue Tag);
