using System.Reflection;
using System.Runtime.CompilerServices;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Hosting.Configuration;

/// <summary>
/// The checked-in list of keys, by which each process knows the keys of all others, says what the options records say.
/// After a change of options: <c>REALTIME_WRITE_KEYS=1 dotnet test tests --filter KnownKeysTests</c> writes it anew.
/// </summary>
public sealed class KnownKeysTests
{
    private const string Heading =
        "# Every key of realtime.yaml, of every process: key | what a value must be | default."
        + " Written by KnownKeysTests.";

    private static readonly string[] Assemblies =
        ["Realtime.Hosting", "Realtime.Log", "Realtime.Edge", "Realtime.Workers"];

    [Fact]
    public void The_list_holds_just_the_keys_of_all_options_records()
    {
        string[] expected =
            [.. Assemblies.SelectMany(name => Assembly.Load(name).GetTypes()).Where(HasSection)
                .SelectMany(KnownKeys.Of).Select(key => key.ToString()).Distinct().Order(StringComparer.Ordinal)];

        if (Environment.GetEnvironmentVariable("REALTIME_WRITE_KEYS") == "1")
        {
            File.WriteAllLines(PathOfList(), [Heading, .. expected]);
            return;
        }

        string[] listed = [.. KnownKeys.Read().Select(key => key.ToString())];
        Assert.True(
            expected.SequenceEqual(listed),
            $"Run REALTIME_WRITE_KEYS=1 dotnet test tests --filter KnownKeysTests; differing lines:\n"
                + string.Join('\n', expected.Except(listed).Concat(listed.Except(expected))));
    }

    [Fact]
    public void Every_options_record_says_its_rules_in_words() =>
        Assert.All(KnownKeys.Read(), key => Assert.NotEmpty(key.Rule));

    private static bool HasSection(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } section
        && section.GetRawConstantValue() is string text
        && ConfigurationSchema.TopSections.Contains(text.Split(':')[0]);

    private static string PathOfList([CallerFilePath] string here = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(here)!, "../../../shared/Hosting/Configuration/configuration-keys.txt"));
}
