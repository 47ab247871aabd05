namespace Realtime.Client.Http;

/// <summary>Reads bodies of answers, no larger than expected.</summary>
internal static class Body
{
    private const int PieceBytes = 16 * 1024;

    /// <summary>All of it; null if it is larger than <paramref name="bytesMax"/>.</summary>
    public static async Task<byte[]?> ReadAsync(
        HttpContent content, int bytesMax, Action progress, CancellationToken cancellationToken)
    {
        using var collected = new MemoryStream();
        return await CopyAsync(content, collected, bytesMax, progress, cancellationToken) ? collected.ToArray() : null;
    }

    /// <summary>Adds it to what was collected so far; false if it is larger than <paramref name="bytesMax"/>.</summary>
    /// <param name="content">The body.</param>
    /// <param name="collected">Keeps what came, also if it breaks off.</param>
    /// <param name="bytesMax">Limit of all that is collected.</param>
    /// <param name="progress">Called with each piece.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<bool> CopyAsync(
        HttpContent content, MemoryStream collected, int bytesMax, Action progress, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        byte[] piece = new byte[PieceBytes];
        while (await stream.ReadAsync(piece, cancellationToken) is int length and > 0)
        {
            progress();
            if (collected.Length + length > bytesMax)
            {
                return false;
            }

            collected.Write(piece, 0, length);
        }

        return true;
    }
}
