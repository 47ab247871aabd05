using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Realtime.Log.Memory;

/// <summary>The bounds of the embedded log.</summary>
public sealed record MemoryLogOptions
{
    /// <summary>
    /// Bytes of memory for everything it keeps, of all tenants. When full, ended terminals go (ended longest ago
    /// first); with none left, appends fail until retention makes room. Default 512 MiB, 1 MiB to 64 GiB.
    /// </summary>
    [ConfigurationKeyName("stored_bytes_max")]
    [Range(1L << 20, 1L << 36)]
    public long StoredBytesMax { get; init; } = 512L * 1024 * 1024;
}
