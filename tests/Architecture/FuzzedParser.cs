namespace Realtime.Tests.Architecture;

/// <summary>A reader of bytes that others send, and the time-boxed test that damages them.</summary>
/// <param name="Bytes">What it reads, and from whom.</param>
/// <param name="Reader">The reader.</param>
/// <param name="Tests">The test's class.</param>
/// <param name="Test">The test.</param>
internal sealed record FuzzedParser(string Bytes, Type Reader, Type Tests, string Test);
