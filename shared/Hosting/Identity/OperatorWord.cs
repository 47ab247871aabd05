namespace Realtime.Hosting.Identity;

/// <summary>What a good <see cref="OperatorStamp"/> says.</summary>
/// <param name="Edge">The edge that an operator asked.</param>
/// <param name="IssuedAt">When it was made, by the reader's clock as the edge knows it.</param>
/// <param name="Mac">What no other stamp has.</param>
public sealed record OperatorWord(string Edge, DateTimeOffset IssuedAt, string Mac);
