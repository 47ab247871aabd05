using System.ComponentModel.DataAnnotations;

namespace Realtime.Tests.Hosting.Configuration;

/// <summary>An element of a list of sections.</summary>
internal sealed record SampleItem
{
    [Required]
    public string Id { get; init; } = "";

    public int Weight { get; init; } = 1;
}
