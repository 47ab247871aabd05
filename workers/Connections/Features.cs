using System.Collections.Immutable;
using Realtime.Protocol.Compression;

namespace Realtime.Workers.Connections;

/// <summary>What a client may ask for in <c>hello</c>.</summary>
internal static class Features
{
    /// <summary>Terminal bytes may come compressed.</summary>
    public const string Lz4 = "lz4";

    /// <summary>Those that this worker has, as <c>welcome</c> tells.</summary>
    public static readonly ImmutableArray<string> Offered = Lz4Block.CanCompress ? [Lz4] : [];
}
