using System.Net.Http.Headers;

namespace Realtime.Client.Http;

/// <summary>The header <c>Retry-After</c>.</summary>
internal static class RetryAfter
{
    /// <summary>How long it says to wait; zero if it is absent or past.</summary>
    public static TimeSpan Of(RetryConditionHeaderValue? value, TimeProvider clock)
    {
        TimeSpan wait = value?.Delta ?? (value?.Date - clock.GetUtcNow()) ?? TimeSpan.Zero;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
