using System.Globalization;
using System.Text.RegularExpressions;

namespace Realtime.Tests.Chaos.Checking;

/// <summary>An event's id, read by the protocol's text alone: <c>partition:ms-offset.epoch</c>.</summary>
internal readonly partial record struct Place(int Partition, long Ms, long Offset, string Epoch)
{
    public static Place Parse(string id)
    {
        Match parts = Form().Match(id);
        Assert.True(parts.Success, $"{id} is no id of an event.");
        return new Place(
            int.Parse(parts.Groups[1].Value, CultureInfo.InvariantCulture),
            long.Parse(parts.Groups[2].Value, CultureInfo.InvariantCulture),
            long.Parse(parts.Groups[3].Value, CultureInfo.InvariantCulture), parts.Groups[4].Value);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Partition}:{Ms}-{Offset}.{Epoch}");

    [GeneratedRegex(@"^(\d+):(\d+)-(\d+)\.([a-z0-9]{6})$")]
    private static partial Regex Form();
}
