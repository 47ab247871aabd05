namespace Realtime.Client.Http;

/// <summary>What a request came to: a value, or an error with what to do about it.</summary>
/// <param name="Value">The value; none if there is an error.</param>
/// <param name="Error">The error; its <see cref="RealtimeException.Retry"/> says whether asking again is of
/// use.</param>
/// <param name="RetryAfter">How long to wait at least.</param>
/// <param name="Problem">The problem document, if one came.</param>
internal readonly record struct EdgeAnswer<T>(T? Value, RealtimeException? Error, TimeSpan RetryAfter, Problem Problem)
{
    /// <summary>The value.</summary>
    /// <exception cref="RealtimeException">There is none.</exception>
    public T Get() => Error is { } error ? throw error : Value!;
}
