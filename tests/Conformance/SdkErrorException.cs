namespace Realtime.Tests.Conformance;

/// <summary>An SDK's own error, as its application would get it.</summary>
internal sealed class SdkErrorException(string code, string? detail) : Exception($"{code}: {detail}")
{
    public string Code { get; } = code;
}
