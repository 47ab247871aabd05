using System.Globalization;
using System.Text;
using Realtime.Hosting.Problems;

namespace Realtime.Workers.Ingest;

/// <summary>A whole number that a body must have.</summary>
/// <param name="Name">The field.</param>
/// <param name="Min">The least that is allowed.</param>
/// <param name="Max">The most that is allowed.</param>
internal sealed record NumberField(string Name, int Min, int Max)
{
    /// <summary>Its name in UTF-8.</summary>
    public ReadOnlyMemory<byte> NameUtf8 { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>What is said of a number that is missing or not allowed.</summary>
    public ProblemError Error { get; } = new(
        $"/{Name}", string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {Min} to {Max}"));

    /// <summary>Whether it is there and in range.</summary>
    public bool Allows(int? number) => number >= Min && number <= Max;
}
