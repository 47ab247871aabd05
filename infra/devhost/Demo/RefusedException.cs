namespace Realtime.Devhost.Demo;

/// <summary>The public API refused something in a way that no retry mends.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The problem's code.</param>
/// <param name="detail">The problem's detail.</param>
internal sealed class RefusedException(int status, string? code, string? detail)
    : Exception($"The edge refused: {status} {code}: {detail}");
