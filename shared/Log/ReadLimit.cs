namespace Realtime.Log;

/// <summary>
/// How much one read returns at most: it stops at the first limit reached, but returns one entry if there is any.
/// </summary>
/// <param name="Entries">Entries, 1 to 10,000.</param>
/// <param name="Bytes">Envelope bytes, 1 to 1 MiB.</param>
public readonly record struct ReadLimit(int Entries, int Bytes)
{
    /// <summary>1,024 entries or 256 KiB.</summary>
    public static readonly ReadLimit Default = new(1024, 256 * 1024);
}
