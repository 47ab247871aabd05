using System.Globalization;
using System.Text.RegularExpressions;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>The tables of options say what the code does.</summary>
public sealed partial class DocumentedOptionsTests
{
    [Theory]
    [InlineData("shared/CLIENTS.md")]
    [InlineData("shared/Client/README.md")]
    public void The_defaults_of_a_document_are_those_of_the_options(string document)
    {
        var defaults = new RealtimeClientOptions { Url = new Uri("https://edge"), Token = FixedToken.Of("t") };
        (string Name, string Default)[] documented =
        [
            .. Row().Matches(RepositoryRoot.Read(document))
                .Select(row => (row.Groups["name"].Value, row.Groups["default"].Value)),
        ];

        Assert.Superset(
            new HashSet<string>(
                [
                    "url", "token", "format", "reconnect.delay", "reconnect.delaymax", "reconnect.attemptsmax",
                    "connecttimeout", "heartbeat", "bufferitems", "bufferbytes", "producer",
                    "publish.attemptsmax", "publish.delaymax", "publish.timeout",
                ]),
            documented.Select(row => row.Name.ToLowerInvariant()).ToHashSet());
        Assert.All(documented, row => Assert.Equal((row.Name, row.Default), (row.Name, Told(defaults, row))));
    }

    [Fact]
    public void Both_documents_mean_the_same()
    {
        string[] ours = [.. Row().Matches(RepositoryRoot.Read("shared/Client/README.md")).Select(Normal)];
        string[] all = [.. Row().Matches(RepositoryRoot.Read("shared/CLIENTS.md")).Select(Normal)];

        // C# takes a callback alone; what is behind the common ones is its own.
        Assert.Equal(
            all.Where(row => !row.StartsWith("token|", StringComparison.Ordinal)),
            ours.Take(all.Length).Where(row => !row.StartsWith("token|", StringComparison.Ordinal)));
    }

    private static string Normal(Match row) =>
        $"{row.Groups["name"].Value.ToLowerInvariant()}|{row.Groups["default"].Value}|{row.Groups["meaning"].Value}";

    // The value of an option, in the words of the document.
    private static string Told(RealtimeClientOptions defaults, (string Name, string Default) row)
    {
        object? value = defaults;
        foreach (string part in row.Name.Split('.'))
        {
            string property = char.ToUpperInvariant(part[0]) + part[1..];
            value = value!.GetType().GetProperty(property) is { } found
                ? found.GetValue(value)
                : throw new InvalidOperationException($"There is no option {row.Name}.");
        }

        return value switch
        {
            Uri or TokenProvider => "required",
            TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
            int bytes when bytes >= 1024 * 1024 =>
                string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0} MiB"),
            int number => number.ToString("N0", CultureInfo.InvariantCulture),
            WireFormat format => format.ToString(),
            null when row.Name.EndsWith("ttemptsMax", StringComparison.Ordinal) => "unlimited",
            _ => row.Default,
        };
    }

    // A row of the table: no other table of these documents has a name in front and three columns.
    [GeneratedRegex(
        @"^\| `(?<name>[A-Za-z]+(\.[A-Za-z]+)?)` \| (?<default>[^|]+) \| (?<meaning>[^|]+) \|$",
        RegexOptions.Multiline)]
    private static partial Regex Row();
}
