namespace Realtime.Hosting.Configuration;

/// <summary>Finds what a mistyped word was meant to be.</summary>
public static class Nearest
{
    // Foreign names may be long; the distance costs their product.
    private const int LengthMax = 64;
    private const int CutLengthMin = 5;

    /// <summary>
    /// The candidate whose word differs from <paramref name="name"/> by fewest letters, at most a third of them, words
    /// that are cut short included; null if none.
    /// </summary>
    public static string? Of(string name, IEnumerable<string> candidates, Func<string, string> word)
    {
        if (name.Length > LengthMax)
        {
            return null;
        }

        int allowed = Math.Max(1, name.Length / 3);
        return candidates
            .Select(candidate => (Candidate: candidate, Distance: DistanceOrCut(name, word(candidate))))
            .Where(found => found.Distance <= allowed)
            .OrderBy(found => found.Distance)
            .Select(found => found.Candidate)
            .FirstOrDefault();
    }

    // Who writes session_ttl means session_ttl_seconds; a beginning of few letters means nothing.
    private static int DistanceOrCut(string name, string word)
    {
        int whole = Distance(name, word);
        return name.Length >= CutLengthMin && word.Length > name.Length
            ? Math.Min(whole, 1 + Distance(name, word[..name.Length]))
            : whole;
    }

    // Levenshtein: letters to insert, delete or replace.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                bool isSame = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                row[j] = Math.Min(diagonal + (isSame ? 0 : 1), 1 + Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
