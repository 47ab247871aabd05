namespace Realtime.Loadtests.Viewers;

/// <summary>A viewer could not connect or subscribe.</summary>
/// <param name="message">What the edge said.</param>
/// <param name="mayRetry">Whether a later attempt may succeed: busy, draining, cut off.</param>
/// <param name="inner">Why.</param>
internal sealed class ViewerException(string message, bool mayRetry, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Whether a later attempt may succeed.</summary>
    public bool MayRetry => mayRetry;
}
