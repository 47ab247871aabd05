namespace Realtime.Log.Redis.Repartitioning;

/// <summary>Why a repartition cannot begin or go on, in words for an operator. Nothing was lost.</summary>
public sealed class RepartitionException : Exception
{
    /// <summary>Makes one.</summary>
    public RepartitionException(string message)
        : base(message)
    {
    }
}
