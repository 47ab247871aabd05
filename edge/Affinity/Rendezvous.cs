namespace Realtime.Edge.Affinity;

/// <summary>
/// Rendezvous hashing (Thaler and Ravishankar, 1998): every worker has a score for every key, the highest wins. When a
/// worker goes, only its own keys move; edges that know the same workers agree without talking.
/// </summary>
internal static class Rendezvous
{
    private const ulong FnvOffset = 14_695_981_039_346_656_037;
    private const ulong FnvPrime = 1_099_511_628_211;

    /// <summary>
    /// FNV-1a over the UTF-16 units. Not <see cref="string.GetHashCode()"/>, which differs from process to process.
    /// </summary>
    public static ulong Hash(string text)
    {
        ulong hash = FnvOffset;
        foreach (char c in text)
        {
            hash = (hash ^ c) * FnvPrime;
        }

        return hash;
    }

    /// <summary>
    /// The score of a worker for a key. FNV alone leaves near keys with near scores; the finaliser (splitmix64,
    /// Steele 2014) makes each bit depend on all.
    /// </summary>
    public static ulong Score(ulong key, ulong worker)
    {
        ulong z = key ^ (worker + 0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
